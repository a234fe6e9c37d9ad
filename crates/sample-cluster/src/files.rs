//! What outlives the process: the keys and the objects, each one file that is replaced at once.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::kinds;
use crate::object;
use crate::store::State;

const OBJECTS: &str = "objects.json";

/// A folder that is ours alone for as long as this lives.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    _lock: File,
}

#[derive(Deserialize)]
struct Stored {
    version: u64,
    objects: Vec<Value>,
}

impl Folder {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        fs::create_dir_all(path)?;
        only_mine(path)?;
        let lock = File::create(path.join("lock"))?;
        lock.try_lock().map_err(|error| {
            io::Error::other(format!("another sample cluster uses {}: {error}", path.display()))
        })?;
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    pub(crate) fn objects(&self) -> PathBuf {
        self.path.join(OBJECTS)
    }

    /// The objects that were stored; nothing when there are none yet.
    pub(crate) fn load(&self) -> io::Result<Option<State>> {
        let Some(stored) = self.read::<Stored>(OBJECTS)? else { return Ok(None) };
        let mut objects = Vec::new();
        for one in stored.objects {
            let (group, name) = (group(&one), object::word(&one, "/kind"));
            let known = |kind: &&kinds::Kind| kind.group == group && kind.name == name;
            let kind = kinds::ALL.into_iter().find(known);
            let kind = kind.ok_or_else(|| {
                io::Error::other(format!("{OBJECTS} holds a {name:?} of another version"))
            })?;
            objects.push((kind, one));
        }
        Ok(Some(State::restored(Some(self.objects()), stored.version, objects)))
    }

    pub(crate) fn read<T: for<'a> Deserialize<'a>>(&self, name: &str) -> io::Result<Option<T>> {
        match fs::read(self.path.join(name)) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn write(&self, name: &str, content: &impl Serialize) -> io::Result<()> {
        replace(&self.path.join(name), &serde_json::to_vec_pretty(content)?)
    }
}

fn group(object: &Value) -> &str {
    object::word(object, "/apiVersion").split_once('/').map_or("", |(group, _)| group)
}

/// Stores all objects.
pub(crate) fn save(file: &Path, state: &State) -> io::Result<()> {
    let all: Vec<&Value> = state.all().collect();
    let content = json!({ "version": state.version(), "objects": all });
    replace(file, &serde_json::to_vec(&content)?)
}

/// A reader sees the old file or the new one, also after a crash.
fn replace(file: &Path, content: &[u8]) -> io::Result<()> {
    let fresh = file.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut to = options.open(&fresh)?;
    to.write_all(content)?;
    to.sync_all()?;
    fs::rename(&fresh, file)
}

#[cfg(unix)]
fn only_mine(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
}

/// Elsewhere a folder below one's own profile is nobody else's.
#[cfg(not(unix))]
fn only_mine(_path: &Path) -> io::Result<()> {
    Ok(())
}
