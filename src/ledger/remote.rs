//! Whether a ledger stands where another machine may write to it, too. SQLite's log lives in memory that
//! only one machine shares; there a journal keeps the ledger instead.

use std::path::Path;

/// File systems behind which other machines may be, by the number that Linux gives them (`statfs(2)`):
/// NFS, SMB and CIFS, AFS, Coda, 9P, Ceph, FUSE (of which sshfs is one), GFS2, OCFS2, Lustre, GPFS, and the
/// shared folders of virtual machines.
#[cfg(target_os = "linux")]
const REMOTE: [i128; 14] = [
    0x6969,
    0x517B,
    0xFF53_4D42,
    0xFE53_4D42,
    0x5346_414F,
    0x7375_7245,
    0x0102_1997,
    0x00C3_6400,
    0x6573_5546,
    0x0116_1970,
    0x7461_636F,
    0x0BD0_0BD0,
    0x4750_4653,
    0x786F_4256,
];

/// How SQLite keeps a transaction of the ledger at a path until it is done.
pub fn journal_mode(path: &Path) -> &'static str {
    if is_remote(path) { "TRUNCATE" } else { "WAL" }
}

#[cfg(target_os = "linux")]
fn is_remote(path: &Path) -> bool {
    // On some machines the number is a signed one of 32 bits.
    rustix::fs::statfs(path).is_ok_and(|found| is_known(i128::from(found.f_type) & 0xFFFF_FFFF))
}

/// Elsewhere the system does not say it in a way that is the same for all of them.
#[cfg(not(target_os = "linux"))]
fn is_remote(_: &Path) -> bool {
    false
}

#[cfg(target_os = "linux")]
fn is_known(number: i128) -> bool {
    REMOTE.contains(&number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn network_file_systems_are_known_and_local_ones_are_not() {
        for remote in [0x6969, 0xFF53_4D42, 0x6573_5546] {
            assert!(is_known(remote), "{remote:x}");
        }
        // ext4, tmpfs, btrfs, xfs, overlayfs, ZFS
        let local = [
            0xEF53,
            0x0102_1994,
            0x9123_683E,
            0x5846_5342,
            0x794C_7630,
            0x2FC1_2FC1,
        ];
        for local in local {
            assert!(!is_known(local), "{local:x}");
        }
        let here = tempfile::tempdir_in("/dev/shm")
            .or_else(|_| tempfile::tempdir())
            .unwrap();
        assert_eq!(journal_mode(here.path()), "WAL");
        assert_eq!(journal_mode(Path::new("/no such place")), "WAL");
    }
}
