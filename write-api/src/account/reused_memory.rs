//! Argon2id in memory that is kept: 19 MiB for each password hashed at once, and no more, however many threads came by.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::{Error, Result};
use argon2::{Algorithm, Argon2, Block, CustomizedPasswordHasher, Params, PasswordHasher, Version};
use std::sync::{Arc, Mutex, PoisonError};

/// A hasher whose clones share their memory.
#[derive(Clone)]
pub(super) struct ReusedMemory {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    idle: Arc<Mutex<Vec<Vec<Block>>>>,
}

impl ReusedMemory {
    pub(super) fn new(algorithm: Algorithm, version: Version, params: Params) -> Self {
        Self { algorithm, version, params, idle: Arc::default() }
    }

    fn take(&self, blocks: usize) -> Vec<Block> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut memory = idle.unwrap_or_default();
        memory.resize_with(blocks.max(memory.len()), Block::default);
        memory
    }

    fn give_back(&self, memory: Vec<Block>) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
    }
}

impl PasswordHasher<PasswordHash> for ReusedMemory {
    fn hash_password_with_salt(&self, password: &[u8], salt: &[u8]) -> Result<PasswordHash> {
        let salt = Salt::new(salt)?;
        let mut output = [0; Output::MAX_LENGTH];
        let length = self.params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
        let output = output.get_mut(..length).ok_or(Error::OutputSize)?;
        let argon2 = Argon2::new(self.algorithm, self.version, self.params.clone());
        let mut memory = self.take(self.params.block_count());
        let hashed = argon2.hash_password_into_with_memory(password, &salt, output, &mut memory);
        self.give_back(memory);
        hashed?;
        Ok(PasswordHash {
            algorithm: self.algorithm.ident(),
            version: Some(self.version.into()),
            params: ParamsString::try_from(&self.params)?,
            salt: Some(salt),
            hash: Some(Output::new(output)?),
        })
    }
}

/// With the parameters of a hash that is stored: what comparing asks for.
impl CustomizedPasswordHasher<PasswordHash> for ReusedMemory {
    type Params = Params;

    fn hash_password_customized(
        &self,
        password: &[u8],
        salt: &[u8],
        algorithm: Option<&str>,
        version: Option<u32>,
        params: Params,
    ) -> Result<PasswordHash> {
        let algorithm = algorithm.map(Algorithm::try_from).transpose()?.unwrap_or_default();
        let version = version.map(Version::try_from).transpose()?.unwrap_or_default();
        Self { algorithm, version, params, idle: Arc::clone(&self.idle) }.hash_password_with_salt(password, salt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::PasswordVerifier;

    #[test]
    fn it_makes_and_takes_the_hashes_of_argon2_itself() {
        let params = Params::new(64, 2, 1, Some(32)).unwrap();
        let reused = ReusedMemory::new(Algorithm::Argon2id, Version::V0x13, params.clone());
        let plain = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        for password in [&b"first"[..], b"second"] {
            let salt = b"0123456789abcdef";
            let hash = reused.hash_password_with_salt(password, salt).unwrap();
            assert_eq!(hash, plain.hash_password_with_salt(password, salt).unwrap());
            assert!(reused.verify_password(password, &hash).is_ok());
            assert!(reused.verify_password(b"third", &hash).is_err());
            let larger = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(128, 1, 1, Some(32)).unwrap());
            let larger = larger.hash_password_with_salt(password, salt).unwrap();
            assert!(reused.verify_password(password, &larger).is_ok());
        }
        assert_eq!(reused.idle.lock().unwrap().len(), 1, "one after another shares one memory");
    }
}
