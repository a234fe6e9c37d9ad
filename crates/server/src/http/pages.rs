//! The pages in a browser, on the loopback port: files that the program has inside of it, the same
//! for everybody, and so without a token. What is shown on them comes through calls, which carry one.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Shared;
use super::routes::nothing_here;
use crate::app::App;
use crate::app::desk::Page;

/// As strict as in the app's windows (`tauri.conf.json`), but for where calls go.
const POLICY: &str = "default-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; \
    form-action 'none'";

const ON_EVERY_PAGE: [(HeaderName, HeaderValue); 4] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// What a program without pages says instead of them.
const WITHOUT: &str = "This bellhop was built without its pages.

`make run` on a desktop and `make package` build them in. By hand:

  npm --prefix ui ci
  npm --prefix ui run build
  cargo build -p bellhop-cli --features pages

Until then `bellhop status` and `bellhop --help` tell what the terminal has, and the API is at /api/v1.
";

/// Where a browser finds the pages, and nothing beside them.
pub(super) fn routes() -> Router<Arc<App>> {
    let paths = ["/", "/index.html", "/palette.html", "/icon.svg", "/font-licences.txt"];
    let all = paths.into_iter().chain(["/assets/{*file}"]);
    all.fold(Router::new(), |routes, path| routes.route(path, get(file)))
}

async fn file(State(app): Shared, uri: Uri, asked: HeaderMap) -> Response {
    let name = match uri.path().trim_start_matches('/') {
        "" => "index.html",
        name => name,
    };
    let mut answer = match app.desk.page(name) {
        Some(page) => found(name, page, &asked),
        None if app.desk.has_pages() => return nothing_here().await.into_response(),
        None => (StatusCode::NOT_FOUND, WITHOUT).into_response(),
    };
    answer.headers_mut().extend(ON_EVERY_PAGE);
    answer
}

fn found(name: &str, page: Page, asked: &HeaderMap) -> Response {
    let tag = page.hash.iter().fold(String::with_capacity(66), |tag, b| tag + &format!("{b:02x}"));
    let tag = format!("\"{tag}\"");
    // A name in this folder has a hash of the file in it: what is there never changes.
    let keep = if name.starts_with("assets/") {
        "private, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let kept = [(header::CACHE_CONTROL, keep.to_owned()), (header::ETAG, tag.clone())];
    if is_known(&tag, asked) {
        return (StatusCode::NOT_MODIFIED, kept).into_response();
    }
    (kept, [(header::CONTENT_TYPE, kind(name))], page.bytes).into_response()
}

/// Whether the browser has just this already.
fn is_known(tag: &str, asked: &HeaderMap) -> bool {
    let lists = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|list| list.to_str().ok());
    let mut tags = lists.flat_map(|list| list.split(',')).map(str::trim);
    tags.any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

/// The media types of what the pages are built of.
fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, end)| end) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
