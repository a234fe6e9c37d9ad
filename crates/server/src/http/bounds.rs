//! Bounds of an address: how long it may be, and no query that the call does not know.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bellhop_api::{Code, Problem};
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{OpenApi, RefOr};

use super::problem::Failed;

/// The longest address, in bytes. (The HTTP library itself reads no more than 64 KiB of it.)
const LONGEST_ADDRESS: usize = 8 * 1024;

/// Refuses an address that no call needs.
pub(super) async fn short_address(request: Request, next: Next) -> Response {
    let address = request.uri().path_and_query().map_or(0, |all| all.as_str().len());
    if address > LONGEST_ADDRESS {
        let text = format!("the address has {address} bytes, and {LONGEST_ADDRESS} are the most");
        let problem = Problem::new(Code::AddressTooLong, text);
        return Failed::of(problem.next("Ask for less at once")).into_response();
    }
    next.run(request).await
}

/// The calls that take a query, by what their description says.
pub(super) struct Queries(BTreeSet<String>);

impl Queries {
    pub(super) fn of(document: &OpenApi) -> Self {
        let takes = |operation: &Option<Operation>| {
            let mut parameters = operation.iter().filter_map(|o| o.parameters.as_ref()).flatten();
            parameters.any(|p| matches!(p, RefOr::T(p) if p.parameter_in == ParameterIn::Query))
        };
        // None but GET takes one.
        let paths = document.paths.paths.iter().filter(|(_, item)| takes(&item.get));
        Self(paths.map(|(path, _)| path.clone()).collect())
    }
}

/// Refuses a query where the call takes none. (Calls that take one read it strictly themselves.)
pub(super) async fn known_query(
    State(queries): State<Arc<Queries>>,
    path: MatchedPath,
    request: Request,
    next: Next,
) -> Response {
    let asked = request.uri().query().is_some_and(|query| !query.is_empty());
    if asked && !(request.method() == "GET" && queries.0.contains(path.as_str())) {
        let problem = Problem::new(Code::InvalidInput, "this call takes no query");
        return Failed::of(problem.next("Leave out what follows the question mark"))
            .into_response();
    }
    next.run(request).await
}
