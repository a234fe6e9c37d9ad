//! The built pages (`ui/dist`), inside of whatever is built with the feature `embedded`. Without it
//! there are none: a clone is built and tested where there is no Node.

use std::borrow::Cow;

/// One file of the pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// What is in it.
    pub bytes: Cow<'static, [u8]>,
    /// The SHA-256 of that.
    pub hash: [u8; 32],
}

/// The file with this path below the folder of pages (`index.html`, `assets/x.js`).
#[cfg(feature = "embedded")]
pub fn file(path: &str) -> Option<File> {
    #[derive(rust_embed::RustEmbed)]
    #[folder = "../../ui/dist"]
    struct Dist;

    let found = Dist::get(path)?;
    Some(File { hash: found.metadata.sha256_hash(), bytes: found.data })
}

/// None: this program was built without the pages.
#[cfg(not(feature = "embedded"))]
pub fn file(_: &str) -> Option<File> {
    None
}
