//! What all descriptions of calls have in common: parameters, refusals, who may call.

use std::collections::{BTreeMap, BTreeSet};

use bellhop_api::{API_VERSION, Code, ExportFormat, IDEMPOTENCY_KEY, Problem};
use serde_json::json;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Content, ContentBuilder, HeaderBuilder, OpenApi, Ref, RefOr, Required, Response,
    ResponseBuilder,
};
use utoipa::{IntoParams, IntoResponses};

use super::problem::PROBLEM_JSON;

/// The document before the calls are added.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Bellhop",
        description = "Just-in-time access: ask, use it for a while, and it is provably gone.\n\n\
            Served on the backend's Unix socket (any host name), where the kernel says who calls, \
            and on a loopback port that `POST /api/v1/loopback` opens, where a bearer token does.\n\n\
            Times are RFC 3339 in UTC, lengths of time are whole seconds. Fields and query \
            parameters that a call does not know are refused.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "http://localhost", description = "The backend's Unix socket: `curl --unix-socket`")),
    tags(
        (name = "requests", description = "Asking for access, deciding, using it, ending it"),
        (name = "flows", description = "The rules, as files"),
        (name = "targets", description = "What can be asked for, and why"),
        (name = "integrations", description = "The connected systems"),
        (name = "audit", description = "What happened, chained by hashes"),
        (name = "events", description = "What happens, as it happens"),
        (name = "workstation", description = "The caller's own machine, where the backend runs on it"),
        (name = "backend", description = "Who answers, and who asks"),
        (name = "health", description = "For whoever watches over the backend"),
    ),
    // A query parameter alone does not bring its schema along.
    components(schemas(Problem, ExportFormat)),
)]
pub(super) struct Document;

/// Adds what every call shares. The peer of the socket is no scheme that OpenAPI knows: `{}`.
pub(super) fn complete(document: &mut OpenApi) {
    document.info.version = API_VERSION.to_string();
    let components = document.components.get_or_insert_default();
    for status in Code::ALL.iter().map(|code| code.status()).collect::<BTreeSet<_>>() {
        components.responses.insert(name_of(status), problem(status).into());
    }
    for item in document.paths.paths.values_mut() {
        if let Some(call) = &mut item.post {
            body_may_be_missing(call);
        }
    }
    let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(
        "On the loopback port: the token that `POST /api/v1/session` gave for a one-time code. On \
         the socket nothing is needed: the kernel says who calls.",
    ));
    components.add_security_scheme("session", SecurityScheme::Http(token.build()));
    let none: [&str; 0] = [];
    let either = [SecurityRequirement::default(), SecurityRequirement::new("session", none)];
    document.security = Some(either.into());
}

/// A call that takes nothing may come without a body.
fn body_may_be_missing(call: &mut Operation) {
    let nothing = Ref::from_schema_name("Nothing");
    let Some(RefOr::T(body)) = &mut call.request_body else { return };
    let takes =
        |c: &RefOr<Content>| matches!(c, RefOr::T(c) if c.schema == Some(nothing.clone().into()));
    if body.content.values().any(takes) {
        body.required = Some(Required::False);
    }
}

fn name_of(status: u16) -> String {
    format!("Problem{status}")
}

/// The answer for all codes of one status.
fn problem(status: u16) -> Response {
    let codes = Code::ALL.iter().filter(|code| code.status() == status);
    let lines: Vec<_> =
        codes.clone().map(|code| format!("`{}`: {}", name(*code), code.meaning())).collect();
    let example = codes
        .map(|code| Problem::new(*code, "what happened, and why").next("What to do next"))
        .next();
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem")));
    let content = content.example(example.map(|example| json!(example))).build();
    let answer =
        ResponseBuilder::new().description(lines.join("\n")).content(PROBLEM_JSON, content);
    if status != Code::RateLimited.status() {
        return answer.build();
    }
    let seconds = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1));
    let wait =
        HeaderBuilder::new().schema(Some(seconds)).description(Some("Seconds to wait")).build();
    answer.header("Retry-After", wait).build()
}

fn name(code: Code) -> String {
    json!(code).as_str().unwrap_or_default().to_owned()
}

/// Refusals of which each call has one set.
macro_rules! refusals {
    ($($(#[doc = $doc:literal])+ $name:ident = [$($code:ident),+] $(and $other:ident)?;)+) => {$(
        $(#[doc = $doc])+
        pub(super) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                let codes = [$(Code::$code),+].map(Code::status).into_iter();
                let all = codes.map(|s| (s.to_string(), Ref::from_response_name(name_of(s)).into()));
                all $(.chain($other::responses()))? .collect()
            }
        }
    )+};
}

refusals! {
    /// Every call.
    Anyone = [AddressTooLong, InvalidInput];
    /// Whether it can be used.
    Ready = [Unavailable] and Anyone;
    /// Every call that asks who calls.
    Usual = [Unauthenticated, Forbidden, RateLimited, Internal, Unavailable] and Anyone;
    /// Calls that go through a list.
    Paged = [BadCursor, NotFound] and Usual;
    /// Calls about one thing.
    Lookup = [NotFound, IntegrationFailed] and Usual;
    /// Calls about the caller's own machine.
    Machine = [NoWorkstation, WorkstationFailed] and Usual;
    /// Calls with a body.
    Change = [Conflict, BodyTooLarge, UnsupportedMediaType] and Lookup;
}

/// `{number}` in a path.
pub(super) struct Number;

impl IntoParams for Number {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![in_path("number", "The request's number", "R-1042")]
    }
}

/// `{name}` in a path.
pub(super) struct Name;

impl IntoParams for Name {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![in_path("name", "The integration's name", "k8s-prod")]
    }
}

fn in_path(name: &str, description: &str, example: &str) -> Parameter {
    text(name, description, ParameterIn::Path, Some(100))
        .required(Required::True)
        .example(Some(json!(example)))
        .build()
}

fn text(
    name: &str,
    description: &str,
    place: ParameterIn,
    most: Option<usize>,
) -> ParameterBuilder {
    let schema =
        ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(most);
    let text = ParameterBuilder::new().name(name).parameter_in(place).schema(Some(schema));
    text.description(Some(description))
}

/// The header of calls that are done once, however often they come.
pub(super) struct Key;

impl IntoParams for Key {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let says = "A random key of the caller's own making. The same call under the same key gets \
                    the answer of the first time, for a day; another one is refused";
        vec![
            text(IDEMPOTENCY_KEY, says, ParameterIn::Header, Some(200))
                .required(Required::False)
                .build(),
        ]
    }
}

/// The header of a stream that is taken up again.
pub(super) struct LastEvent;

impl IntoParams for LastEvent {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let place = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(0))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)));
        let says = "The id of the last event that was seen. Goes before `after`";
        vec![
            ParameterBuilder::new()
                .name("Last-Event-ID")
                .parameter_in(ParameterIn::Header)
                .required(Required::False)
                .schema(Some(place))
                .description(Some(says))
                .build(),
        ]
    }
}
