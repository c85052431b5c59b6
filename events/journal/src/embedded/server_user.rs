//! The operating system's account that runs PostgreSQL.

use std::fs;
use std::os::unix::fs::{MetadataExt, lchown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use rustix::process::{getegid, geteuid};

use super::error::{EmbeddedError, on};

const PASSWD: &str = "/etc/passwd";
const PREFERRED: [&str; 2] = ["postgres", "nobody"];

/// The program's own account, or the one it drops to when it is root.
#[derive(Debug, Clone)]
pub(super) struct ServerUser {
    pub(super) name: String,
    pub(super) uid: u32,
    gid: u32,
    dropped: bool,
}

impl ServerUser {
    pub(super) fn find(wanted: Option<&str>) -> Result<Self, EmbeddedError> {
        let uid = geteuid();
        if !uid.is_root() {
            let uid = uid.as_raw();
            return Ok(Self { name: format!("uid {uid}"), uid, gid: getegid().as_raw(), dropped: false });
        }
        let passwd = fs::read_to_string(PASSWD).map_err(on("read", Path::new(PASSWD)))?;
        let names = wanted.map_or_else(|| PREFERRED.to_vec(), |name| vec![name]);
        names
            .iter()
            .find_map(|name| Self::in_passwd(&passwd, name))
            .ok_or_else(|| EmbeddedError::NoUser { wanted: names.join("` or `") })
    }

    /// passwd(5): `name:password:uid:gid:…`
    fn in_passwd(passwd: &str, wanted: &str) -> Option<Self> {
        passwd.lines().find_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next().filter(|name| *name == wanted)?;
            let uid = fields.nth(1)?.parse().ok().filter(|uid| *uid != 0)?;
            let gid = fields.next()?.parse().ok()?;
            Some(Self { name: name.to_owned(), uid, gid, dropped: true })
        })
    }

    /// Makes `command` run as this account.
    pub(super) fn run(&self, command: &mut Command) {
        if self.dropped {
            command.uid(self.uid).gid(self.gid);
        }
    }

    /// Hands a path that the program has just made to this account; a link is not followed.
    pub(super) fn give(&self, path: &Path) -> Result<(), EmbeddedError> {
        if self.dropped {
            lchown(path, Some(self.uid), Some(self.gid)).map_err(on("change the owner of", path))
        } else {
            Ok(())
        }
    }

    /// The mode of a directory that the program keeps and this account passes through.
    pub(super) fn passage_mode(&self) -> u32 {
        if self.dropped { 0o711 } else { 0o700 }
    }

    /// Refuses a directory that this account cannot get to on its way to `path`; the directory is there, and canonical.
    pub(super) fn must_reach(&self, directory: &Path, path: &Path) -> Result<(), EmbeddedError> {
        if !self.dropped {
            return Ok(());
        }
        let mut ancestors: Vec<&Path> = directory.ancestors().collect();
        ancestors.reverse();
        for ancestor in ancestors {
            let metadata = fs::metadata(ancestor).map_err(on("look at", ancestor))?;
            if !self.may_enter(&metadata) {
                let (user, path, ancestor) = (self.name.clone(), path.to_owned(), ancestor.to_owned());
                return Err(EmbeddedError::Unreachable { user, path, ancestor });
            }
        }
        Ok(())
    }

    fn may_enter(&self, directory: &fs::Metadata) -> bool {
        let execute = if directory.uid() == self.uid {
            0o100
        } else if directory.gid() == self.gid {
            0o010
        } else {
            0o001
        };
        directory.mode() & execute != 0
    }
}

#[cfg(test)]
mod tests {
    use super::ServerUser;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\nbroken\npostgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash\ntoor:x:0:0::/:/bin/sh\n";

    #[test]
    fn an_account_is_read_from_passwd() {
        let user = ServerUser::in_passwd(PASSWD, "postgres").unwrap();
        assert_eq!((user.uid, user.gid), (101, 104));
    }

    #[test]
    fn neither_a_missing_account_nor_another_name_of_root_will_do() {
        assert!(ServerUser::in_passwd(PASSWD, "nobody").is_none());
        assert!(ServerUser::in_passwd(PASSWD, "toor").is_none());
    }
}
