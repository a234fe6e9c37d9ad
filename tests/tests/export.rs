//! The audit log outside: exported whole, checked without a backend, compared with one.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bellhop_e2e::installation::{Installation, bellhop};
use bellhop_e2e::{memory, planted, wait};

const LIMIT: Duration = Duration::from_mins(10);
/// How much more memory a large export may take than a small one, in KiB.
const MOST_GROWTH: u64 = 24 * 1024;
const FEW: usize = 1_000;

/// An installation with no cluster and `rows` rows more than it makes by itself.
fn grown(dir: &Path, rows: usize) -> Result<Installation> {
    let mut made = Installation::with_kubeconfig(dir, b"", &["x1"])?;
    made.start()?;
    made.run(["list"])?.ok()?;
    made.stop()?;
    planted::grow(&made.store(), rows)?;
    made.start()?;
    Ok(made)
}

/// Exports into a file; answers the most memory that the exporting program took, in KiB.
fn export(made: &Installation, after: usize, to: &Path) -> Result<u64> {
    let mut child = Command::new(bellhop()?)
        .env("BELLHOP_HOME", made.home())
        .args(["audit", "export", "--after", &after.to_string()])
        .stdin(Stdio::null())
        .stdout(File::create(to)?)
        .spawn()?;
    let mut peak = 0;
    let status = wait::until("the export ends", LIMIT, || {
        // Gone between two looks, it has no figure any more; the one before counts.
        peak = memory::peak(child.id()).unwrap_or(peak);
        Ok(child.try_wait()?)
    })?;
    ensure!(status.success(), "the export ended with {status}");
    Ok(peak)
}

fn lines(file: &Path) -> Result<usize> {
    Ok(BufReader::new(File::open(file)?).lines().count())
}

/// 50,000 rows, or as many as `BELLHOP_TEST_AUDIT_ROWS` says (1000000 takes two minutes).
#[test]
fn t23_exporting_many_rows_takes_no_more_memory_than_exporting_few() -> Result<()> {
    let rows = std::env::var_os("BELLHOP_TEST_AUDIT_ROWS");
    let rows = rows.map_or(Ok(50_000), |rows| rows.to_string_lossy().parse())?;
    let folder = tempfile::tempdir()?;
    let began = Instant::now();
    let made = grown(folder.path(), rows)?;
    let filled = began.elapsed();
    let file = folder.path().join("audit.jsonl");

    let few = export(&made, rows - FEW, &file)?;
    ensure!((FEW..FEW + 100).contains(&lines(&file)?), "{} rows", lines(&file)?);
    let backend = memory::peak(made.backend()?)?;
    let began = Instant::now();
    let many = export(&made, 0, &file)?;
    let took = began.elapsed();
    let backend_after = memory::peak(made.backend()?)?;
    ensure!(lines(&file)? > rows, "{} rows", lines(&file)?);

    let size = fs::metadata(&file)?.len() / 1024;
    let began = Instant::now();
    let verified = made
        .run(["audit".as_ref(), "verify".as_ref(), "--file".as_ref(), file.as_os_str()])?
        .ok()?;
    let offline = began.elapsed();
    ensure!(verified.stdout.starts_with("Rows 1 to "), "{}", verified.stdout);
    made.run(["audit".as_ref(), "verify".as_ref(), "--against".as_ref(), file.as_os_str()])?
        .ok()?;
    // Not println: libtest would hide the line of a test that passes.
    writeln!(
        std::io::stderr(),
        "{rows} rows, {size} KiB: filled in {filled:.1?}, exported in {took:.1?}, checked in \
         {offline:.1?}. Peak memory of bellhop audit export: {few} KiB for {FEW} rows, {many} KiB \
         for all; of the backend: {backend} KiB before, {backend_after} KiB after"
    )?;
    for (who, before, after) in [("the client", few, many), ("the backend", backend, backend_after)]
    {
        ensure!(before > 0 && after < before + MOST_GROWTH, "{who}: {before} KiB to {after} KiB");
    }
    Ok(())
}

/// `audit verify` with an exported file; answers the exit code and what was said.
fn verify(made: &Installation, how: &str, file: &Path) -> Result<(i32, String)> {
    let ran = made.run(["audit".as_ref(), "verify".as_ref(), how.as_ref(), file.as_os_str()])?;
    Ok((ran.code, ran.stdout + &ran.stderr))
}

fn changed(file: &Path, name: &str, change: impl Fn(&str) -> String) -> Result<PathBuf> {
    let to = file.with_file_name(name);
    fs::write(&to, change(&fs::read_to_string(file)?))?;
    Ok(to)
}

#[test]
fn t23_an_exported_file_that_was_changed_does_not_verify() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let made = grown(folder.path(), 50)?;
    let file = folder.path().join("audit.jsonl");
    export(&made, 0, &file)?;
    assert_eq!(verify(&made, "--file", &file)?.0, 0);
    let without = |text: &str, row: usize| {
        let kept = text.lines().enumerate().filter(|(i, _)| *i != row).map(|(_, line)| line);
        kept.fold(String::new(), |all, line| all + line + "\n")
    };
    for (name, says, change) in [
        (
            "word",
            "not what its hash was made from",
            &(|t: &str| t.replacen("row 7", "row 8", 1)) as &dyn Fn(&str) -> String,
        ),
        ("gone", "rows 11 to 11 are missing", &|t: &str| without(t, 10)),
        ("swap", "another place", &|t: &str| {
            let mut lines: Vec<_> = t.lines().collect();
            lines.swap(20, 21);
            lines.swap(21, 22);
            lines.remove(20);
            lines.join("\n") + "\n"
        }),
        ("half", "a line does not end", &|t: &str| {
            t.get(..t.len() - 40).unwrap_or_default().to_owned()
        }),
        ("other", "no exported row", &|t: &str| format!("{t}{{}}\n")),
        ("none", "has no rows", &|_: &str| String::new()),
    ] {
        let bad = changed(&file, name, change)?;
        let (code, said) = verify(&made, "--file", &bad)?;
        assert_eq!(code, 1, "{name}: {said}");
        if name != "swap" {
            assert!(said.contains(says), "{name}: {said}");
        }
    }
    // The front may be left out on purpose, and is then said to be.
    let later = changed(&file, "later", |text| {
        text.lines().skip(5).fold(String::new(), |all, line| all + line + "\n")
    })?;
    let (code, said) = verify(&made, "--file", &later)?;
    assert!(code == 0 && said.contains("cannot show"), "{said}");
    Ok(())
}

#[test]
fn t23_a_log_that_was_cut_or_written_anew_shows_against_an_export() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut made = grown(folder.path(), 50)?;
    let file = folder.path().join("audit.jsonl");
    let backup = folder.path().join("backup.db");
    made.run(["backup".as_ref(), backup.as_os_str()])?.ok()?;
    made.stop()?;
    planted::grow(&made.store(), 50)?;
    made.start()?;
    export(&made, 0, &file)?;
    let (code, said) = verify(&made, "--against", &file)?;
    assert!(code == 0 && said.contains("are those of"), "{said}");

    // An older store in its place is a sound chain that ends too early …
    made.stop()?;
    fs::copy(&backup, made.store())?;
    made.start()?;
    made.run(["audit", "verify"])?.ok()?;
    let (code, said) = verify(&made, "--against", &file)?;
    assert!(code == 1 && said.contains("the log was cut"), "{said}");
    // … and grown again it is a sound chain that is another one.
    made.stop()?;
    planted::grow(&made.store(), 100)?;
    made.start()?;
    made.run(["audit", "verify"])?.ok()?;
    let (code, said) = verify(&made, "--against", &file)?;
    assert!(code == 1 && said.contains("the log was rewritten: row "), "{said}");
    let row = said.split("row ").nth(1).and_then(|rest| rest.split(' ').next());
    let row: usize = row.context("which row")?.parse()?;
    assert!((50..70).contains(&row), "{said}");
    Ok(())
}
