//! `bellhop uninstall` at a terminal.

use crate::screen::{CTRL_C, CTRL_D, ENTER};
use crate::world::World;

#[test]
fn an_uninstall_asks_and_only_yes_removes_anything() {
    let world = World::new();
    world.ok(&["request", "customer1", "--reason", "x", "--wait"]);
    let config = world.path("home/config/bellhop.toml");
    for (keys, ends) in [("n\r", 1), (ENTER, 1), (CTRL_D, 1), ("sure\r", 1), (CTRL_C, 130)] {
        let mut screen = world.screen(&["uninstall"]);
        // All of it is listed before.
        for told in ["ends    R-1001", "leaves  k8s-demo", "takes   the kubectl context", "deletes"]
        {
            screen.until(told);
        }
        screen.until("Remove all of this? [y/N]").keys(keys);
        let (code, text) = screen.ended();
        assert_eq!(code, ends, "{keys:?}: {text}");
        assert!(code == 130 || text.ends_with("\nbellhop: nothing was changed"), "{text}");
        assert_eq!(
            (world.requests()[0]["status"].as_str(), config.exists()),
            (Some("active"), true)
        );
    }
    let mut screen = world.screen(&["uninstall"]);
    screen.until("Remove all of this? [y/N]").keys("y\r");
    let (code, text) = screen.ended();
    assert_eq!(code, 0, "{text}");
    for told in ["R-1001 Returned", "k8s-demo is not connected any more", "Bellhop is uninstalled"]
    {
        assert!(text.contains(told), "{text}");
    }
    assert!(!world.path("home").exists());
}
