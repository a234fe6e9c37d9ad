//! What was found in connected systems is on record once, until it is gone.

use bellhop_domain::GrantId;
use bellhop_store::drift::{self, Place};
use bellhop_store::integrations;
use uuid::Uuid;

use crate::world::World;

on_both!(what_was_found_is_on_record_once_and_until_it_is_gone,);

async fn what_was_found_is_on_record_once_and_until_it_is_gone(world: World) {
    let mut tx = world.store.write().await.expect("opens");
    let found = integrations::by_name(&mut tx, "k8s-real").await.expect("reads");
    let integration = found.expect("there").id;
    let sweep = Place { integration, grant: None };
    let grant = Place { grant: Some(GrantId(Uuid::from_u128(7))), ..sweep };
    assert_eq!(drift::noted(&mut tx, sweep).await.expect("reads"), Vec::<String>::new());
    for (place, what, news) in
        [(sweep, "a", true), (sweep, "a", false), (grant, "a", true), (sweep, "b", true)]
    {
        assert_eq!(drift::note(&mut tx, place, what).await.expect("noted"), news, "{what}");
    }
    assert_eq!(drift::noted(&mut tx, sweep).await.expect("reads"), ["a", "b"]);
    assert_eq!(drift::noted(&mut tx, grant).await.expect("reads"), ["a"]);
    for (place, what, known) in [(sweep, "a", true), (sweep, "a", false), (grant, "b", false)] {
        assert_eq!(drift::forget(&mut tx, place, what).await.expect("gone"), known, "{what}");
    }
    assert_eq!(drift::noted(&mut tx, sweep).await.expect("reads"), ["b"]);
    assert_eq!(drift::noted(&mut tx, grant).await.expect("reads"), ["a"]);
}
