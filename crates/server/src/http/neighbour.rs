//! Whose program is at the other end of a connection to the loopback port. Everybody on this machine
//! can connect to it, and see the words that a browser was started with, a one-time code among them.

use std::net::SocketAddr;

/// At the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Neighbour {
    /// A program of the user that the backend runs as, or of root, whom nothing keeps out.
    Own,
    /// A program of somebody else, or nobody any more.
    Other,
}

impl Neighbour {
    /// Who connected from `peer` to our port `number`. Where the kernel does not tell, the code alone
    /// has to be enough.
    pub(super) fn at(peer: SocketAddr, number: u16) -> Self {
        match owner(peer, number) {
            Owner::NotTold => Self::Own,
            Owner::User(uid) if uid == 0 || uid == nix::unistd::Uid::effective().as_raw() => {
                Self::Own
            }
            Owner::User(_) | Owner::Gone => Self::Other,
        }
    }
}

/// What the kernel says.
#[derive(Debug, PartialEq, Eq)]
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux tells"))]
enum Owner {
    User(u32),
    Gone,
    NotTold,
}

#[cfg(target_os = "linux")]
fn owner(peer: SocketAddr, number: u16) -> Owner {
    use procfs::net::{tcp, tcp6};

    // A list that is read while it changes may leave something out.
    for _ in 0..2 {
        let Ok(all) = (if peer.is_ipv4() { tcp() } else { tcp6() }) else { return Owner::NotTold };
        let here = |entry: &&procfs::net::TcpNetEntry| {
            entry.local_address == peer
                && entry.remote_address.ip() == peer.ip()
                && entry.remote_address.port() == number
        };
        if let Some(entry) = all.iter().find(here) {
            return Owner::User(entry.uid);
        }
    }
    Owner::Gone
}

#[cfg(not(target_os = "linux"))]
fn owner(_: SocketAddr, _: u16) -> Owner {
    Owner::NotTold
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn the_kernel_says_whose_connection_it_is() {
        for host in ["127.0.0.1:0", "[::1]:0"] {
            let Ok(listener) = TcpListener::bind(host) else { continue };
            let ours = listener.local_addr().unwrap();
            let client = TcpStream::connect(ours).unwrap();
            let peer = client.local_addr().unwrap();
            let own = nix::unistd::Uid::effective().as_raw();
            assert_eq!(owner(peer, ours.port()), Owner::User(own));
            assert_eq!(Neighbour::at(peer, ours.port()), Neighbour::Own);
            // Not this one: the same port to another of ours, another port to this one.
            assert_eq!(owner(peer, ours.port() ^ 1), Owner::Gone);
            assert_eq!(owner(ours, ours.port()), Owner::Gone);
            assert_eq!(Neighbour::at(ours, ours.port()), Neighbour::Other);
        }
    }
}
