//! The pages on the loopback port: what a browser gets, and what it does not.

use bellhop_server::app::desk::Page;
use reqwest::Method;

use crate::Port;

/// Some pages, as a program has them inside.
fn laid_out(path: &str) -> Option<Page> {
    let text = match path {
        "index.html" => "<p>main",
        "palette.html" => "<p>palette",
        "assets/x-Abc.js" => "1",
        "assets/y-Abc.woff2" => "font",
        _ => return None,
    };
    Some(Page { bytes: text.as_bytes().into(), hash: [text.len().try_into().expect("short"); 32] })
}

#[tokio::test]
async fn pages_are_for_everybody_and_say_how_long_they_may_be_kept() {
    let port = Port::open().await;
    port.open.world.app.desk.lay_out(laid_out);
    assert!(port.more().await.pages);
    let (html, js) = ("text/html; charset=utf-8", "text/javascript; charset=utf-8");
    let for_ever = "private, max-age=31536000, immutable";
    for (path, kind, keep, text) in [
        ("/", html, "no-cache", "<p>main"),
        ("/index.html", html, "no-cache", "<p>main"),
        ("/palette.html?later=1", html, "no-cache", "<p>palette"),
        ("/assets/x-Abc.js", js, for_ever, "1"),
        ("/assets/y-Abc.woff2", "font/woff2", for_ever, "font"),
    ] {
        let answer = port.call(Method::GET, path).send().await.expect("answers");
        let head = answer.headers().clone();
        assert_eq!(
            (answer.status().as_u16(), &head["content-type"]),
            (200, &kind.parse().expect("is"))
        );
        assert_eq!(head["cache-control"], keep, "{path}");
        assert_eq!(head["x-content-type-options"], "nosniff");
        assert_eq!(head["referrer-policy"], "no-referrer");
        assert_eq!(head["cross-origin-resource-policy"], "same-origin");
        let policy = head["content-security-policy"].to_str().expect("text");
        for part in ["default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"] {
            assert!(policy.split("; ").any(|own| own == part), "{policy}");
        }
        assert!(!policy.contains("script-src") && !policy.contains('*'), "{policy}");
        assert_eq!(answer.text().await.expect("text"), text);
        let tag = head["etag"].to_str().expect("text");
        for (known, status) in
            [(tag, 304), ("*", 304), (&format!("\"x\", W/{tag}"), 304), ("\"x\"", 200), ("", 200)]
        {
            let call = port.call(Method::GET, path).header("if-none-match", known);
            let again = call.send().await.expect("answers");
            assert_eq!(
                (again.status().as_u16(), &again.headers()["etag"]),
                (status, &head["etag"])
            );
        }
        let head = port.call(Method::HEAD, path).send().await.expect("answers");
        assert_eq!((head.status().as_u16(), head.text().await.expect("text").len()), (200, 0));
        let written = port.call(Method::POST, path).send().await.expect("answers");
        assert_eq!(written.status().as_u16(), 405, "{path}");
    }
}

#[tokio::test]
async fn the_way_to_a_page_is_as_guarded_as_a_call_and_leads_nowhere_else() {
    let port = Port::open().await;
    port.open.world.app.desk.lay_out(laid_out);
    for path in ["/", "/palette.html", "/assets/x-Abc.js"] {
        for (name, value) in [("host", "evil.example"), ("origin", "http://evil.example")] {
            let call = port.call(Method::GET, path).header(name, value);
            assert_eq!(call.send().await.expect("answers").status().as_u16(), 403, "{path} {name}");
        }
    }
    for path in [
        "/icon.svg",
        "/assets/",
        "/assets/none.js",
        "/assets/../index.html.map",
        "/assets/%2e%2e/Cargo.toml",
        "/assets//etc/passwd",
        "//index.html",
        "/palette",
        "/src/main.ts",
    ] {
        let answer = port.call(Method::GET, path).send().await.expect("answers");
        assert_eq!((answer.status().as_u16(), path), (404, path));
        assert_eq!(answer.headers()["cache-control"], "no-store");
    }
    // Looking at a page is no call of anybody's.
    port.open.world.pass(14 * 60 + 59);
    assert_eq!(port.call(Method::GET, "/").send().await.expect("answers").status().as_u16(), 200);
    port.open.world.pass(1);
    port.closed().await;
}

#[tokio::test]
async fn a_program_without_pages_says_how_to_build_them_in() {
    let port = Port::open().await;
    for path in ["/", "/palette.html", "/assets/x-Abc.js"] {
        let answer = port.call(Method::GET, path).send().await.expect("answers");
        assert_eq!(answer.status().as_u16(), 404, "{path}");
        assert_eq!(answer.headers()["content-type"], "text/plain; charset=utf-8");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        assert!(answer.text().await.expect("text").contains("--features pages"));
    }
}
