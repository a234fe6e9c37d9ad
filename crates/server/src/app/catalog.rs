//! What can be connected.

use bellhop_api::{Catalog, CatalogItem, ConnectKubernetes};
use schemars::{JsonSchema, schema_for};

use crate::config::KINDS;

/// Every kind with its form.
pub fn list() -> Catalog {
    let items = KINDS.iter().map(|&kind| CatalogItem {
        kind: kind.to_owned(),
        name: "Kubernetes".to_owned(),
        about: "Roles in the namespaces of a cluster, for a while, with your own kubectl"
            .to_owned(),
        resource_types: vec!["namespace".to_owned()],
        form: form::<ConnectKubernetes>(),
    });
    Catalog { items: items.collect() }
}

fn form<T: JsonSchema>() -> serde_json::Value {
    schema_for!(T).to_value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_says_what_each_field_means_and_takes_no_other() {
        let catalog = list();
        let form = &catalog.items[0].form;
        assert_eq!(form["additionalProperties"], false);
        assert_eq!(form["required"], serde_json::json!(["admin"]));
        let fields = form["properties"].as_object().expect("fields");
        assert!(fields.len() >= 5);
        for (name, field) in fields {
            assert!(field["description"].is_string(), "{name}");
        }
        assert!(
            serde_json::from_value::<ConnectKubernetes>(
                serde_json::json!({ "admin": { "kubeconfig": [] } })
            )
            .is_ok()
        );
    }
}
