//! What notices say that are not about what happened to a request.

use bellhop_api::Integration;
use bellhop_notices::words::{self, Missed};
use serde_json::json;

use crate::common::{at, check, drawn, me, view};

#[test]
fn trouble_is_for_those_who_can_do_something() {
    let admin = me("priya", "admin");
    let now = view(&admin, at("13:40:00"));
    let mut integration: Integration = serde_json::from_value(json!({
        "name": "k8s-staging", "kind": "kubernetes", "status": "degraded",
        "why": "connection refused", "missing_rights": [], "ends_alone": null }))
    .expect("an integration");
    let said = |i: &Integration, open| words::integration(i, open, &now).map(|n| drawn(&n));
    assert_eq!(
        said(&integration, 1).as_deref(),
        Some(
            "k8s-staging is in trouble\nconnection refused. 1 request with access there may \
             outlast its end. [Open]"
        )
    );
    let member = me("jun", "member");
    assert_eq!(words::integration(&integration, 1, &view(&member, at("13:40:00"))), None);
    integration.status = "error".to_owned();
    let error = "k8s-staging cannot be used\nconnection refused. [Open]";
    assert_eq!(said(&integration, 0).as_deref(), Some(error));
    for calm in ["active", "disabled"] {
        integration.status = calm.to_owned();
        assert_eq!(said(&integration, 1), None);
    }

    let offline = "Bellhop cannot reach its server\nWhat is open keeps its deadline. New requests \
                   must wait. [Try again]";
    assert_eq!(drawn(&words::backend_unreachable()), offline);
}

#[test]
fn several_things_are_one_notice() {
    let titles: Vec<_> = (1..=5).map(|n| format!("customer{n} has ended")).collect();
    let said = |count: usize, why| drawn(&words::several(&titles[..count], why));
    assert_eq!(
        said(2, Missed::Away),
        "2 things happened while you were away\ncustomer1 has ended; customer2 has ended. [Open]"
    );
    assert_eq!(
        said(5, Missed::HeldBack),
        "5 things happened meanwhile\ncustomer1 has ended; customer2 has ended; customer3 has \
         ended; and 2 more. [Open]"
    );
    check(&words::several(&vec!["x".repeat(39); 2_000], Missed::Away));
}
