//! Short names: what somebody typed stands for the one of their targets that has this name.
//!
//! A name is compared whole and byte by byte, part by part from the end: `customer1`,
//! `customer1:edit`, `namespace/customer1`, `k8s-demo/customer1`. Nothing that is merely alike is ever
//! asked for; it is only named.

use bellhop_domain::{MOST_TARGETS, Person, Target};

use super::expand::{Entry, Requestable};
use super::nearest::nearest;
use super::rank::{Page, rank};
use crate::app::{App, AppError};

/// So many are named at the most.
const NAMED: usize = 8;
/// What whoever typed something else may not know.
const LOOKS_LIKE: &str = "A target looks like k8s-demo/namespace/customer1:edit";
/// Longer than any target.
const LONGEST: usize = 600;

/// The targets that a person means.
pub(in crate::app) async fn targets(
    app: &App,
    person: &Person,
    typed: &[String],
) -> Result<Vec<Target>, AppError> {
    if typed.len() > MOST_TARGETS {
        let count = typed.len();
        return Err(AppError::Invalid(format!(
            "a request names 1 to {MOST_TARGETS} targets, and this one names {count}"
        )));
    }
    let mut meant = Vec::with_capacity(typed.len());
    for text in typed {
        meant.push(whole(app, person, text).await?);
    }
    Ok(meant)
}

/// The target that a person means by one text.
pub(in crate::app) async fn whole(
    app: &App,
    person: &Person,
    typed: &str,
) -> Result<Target, AppError> {
    let error = match typed.parse() {
        Ok(target) => return Ok(target),
        Err(error) => error,
    };
    let slashes = typed.bytes().filter(|b| *b == b'/').count();
    let strange =
        typed.is_empty() || typed.len() > LONGEST || !typed.bytes().all(|b| b.is_ascii_graphic());
    // Whoever wrote a whole target did not mean a short one.
    if strange || (slashes > 1 && typed.contains(':')) {
        return Err(AppError::Invalid(error.to_string()));
    }
    let mut tx = app.store.read().await?;
    let all = app.targets.of(&mut tx, person).await?;
    drop(tx);
    let of_the_name = |target: &Target| stands_for(typed, target);
    // Few have all the parts somewhere, and only these are taken apart.
    let parts: Vec<&str> = typed.split(['/', ':']).collect();
    let texts = all.entries.iter().map(Entry::target);
    let likely = texts.filter(|text| parts.iter().all(|part| text.contains(part)));
    let targets = likely.filter_map(|text| text.parse().ok());
    let found: Vec<Target> = targets.filter(of_the_name).collect();
    match <[Target; 1]>::try_from(found) {
        Ok([target]) => Ok(target),
        Err(found) if found.is_empty() => Err(AppError::Invalid(none(typed, person, &all))),
        Err(found) => Err(AppError::Invalid(several(typed, &found))),
    }
}

fn stands_for(typed: &str, target: &Target) -> bool {
    let Target { integration, resource_type, resource, permission } = target;
    // A resource may have a colon in its name: what is behind the last one need not be a permission.
    let parts = [Some((typed, None)), typed.rsplit_once(':').map(|(path, p)| (path, Some(p)))];
    parts.into_iter().flatten().any(|(path, asked)| {
        let Some(before) = path.strip_suffix(resource.as_str()) else { return false };
        let fits = match before.strip_suffix('/') {
            None => before.is_empty(),
            Some(before) => {
                before == resource_type
                    || before == integration
                    || before.split_once('/') == Some((integration, resource_type))
            }
        };
        fits && asked.is_none_or(|asked| asked == permission)
    })
}

fn several(typed: &str, found: &[Target]) -> String {
    let named: Vec<String> = found.iter().take(NAMED).map(|one| format!("\n  {one}")).collect();
    let more = match found.len().checked_sub(NAMED) {
        None | Some(0) => String::new(),
        Some(more) => format!("\nand {more} more: bellhop search {typed}"),
    };
    format!(
        "\"{typed}\" may be any of {} targets. Name one of them whole:{}{more}",
        found.len(),
        named.concat()
    )
}

fn none(typed: &str, person: &Person, all: &Requestable) -> String {
    if all.entries.is_empty() && all.is_anybody() {
        return format!(
            "\"{typed}\" stands for nothing yet: what is in the systems that your flows cover is not \
             known. Name the target whole, or have it read: bellhop integrations sync NAME. \
             {LOOKS_LIKE}"
        );
    }
    if all.entries.is_empty() {
        let who = &person.handle;
        return format!(
            "\"{typed}\" is no target of yours: no flow in force lets {who} request anything. An \
             admin can add {who} to the requesters of one. {LOOKS_LIKE}"
        );
    }
    let near = alike(typed, all);
    let near: Vec<String> = near.iter().map(|one| format!("\n  {one}")).collect();
    if near.is_empty() {
        return format!(
            "\"{typed}\" is none of the targets that you may request. See which are: bellhop search. \
             {LOOKS_LIKE}"
        );
    }
    format!(
        "\"{typed}\" is none of the targets that you may request. The nearest are:{}",
        near.concat()
    )
}

/// Up to three targets that may have been meant.
pub(super) fn alike<'a>(typed: &str, all: &'a Requestable) -> Vec<&'a str> {
    const MOST: usize = 3;
    let resource = |target: &'a str| {
        let path = target.rsplit_once(':').map_or(target, |(path, _)| path);
        path.splitn(3, '/').nth(2).unwrap_or(path)
    };
    let wanted = resource_in(typed);
    let targets = || all.entries.iter().map(Entry::target);
    let names = nearest(wanted, targets().map(resource), MOST);
    let of_names = names.iter().flat_map(|name| targets().filter(|one| resource(one) == *name));
    let mut near: Vec<&str> = of_names.take(MOST).collect();
    if near.is_empty() {
        let page = Page { limit: MOST, after: None };
        let matches = rank(&all.entries, wanted, &[], &page).page;
        near.extend(matches.iter().filter_map(|i| all.entries.get(*i)).map(Entry::target));
    }
    near
}

/// The part of what was typed that names a resource.
fn resource_in(typed: &str) -> &str {
    let path = typed.rsplit_once(':').map_or(typed, |(path, _)| path);
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::stands_for;

    #[test]
    fn a_short_name_stands_for_the_target_that_it_ends() {
        let target = "k8s-demo/namespace/customer1:edit".parse().expect("a target");
        for typed in [
            "customer1",
            "customer1:edit",
            "namespace/customer1",
            "namespace/customer1:edit",
            "k8s-demo/customer1",
            "k8s-demo/customer1:edit",
            "k8s-demo/namespace/customer1",
        ] {
            assert!(stands_for(typed, &target), "{typed}");
        }
        for typed in [
            "ustomer1",
            "customer",
            "Customer1",
            "customer1:view",
            "group/customer1",
            "/customer1",
            "edit",
            "k8s/customer1",
            "namespace/k8s-demo/customer1",
            "",
        ] {
            assert!(!stands_for(typed, &target), "{typed}");
        }
        let colon = "k/role/system:x:view".parse().expect("a target");
        assert!(stands_for("system:x", &colon) && stands_for("system:x:view", &colon));
    }
}
