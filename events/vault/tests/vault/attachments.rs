//! Files beside the journal.

use super::Setting;
use events::{AccountId, ProofId};
use std::path::Path;
use vault::{Attachments, AttachmentsError};

async fn attachments(folder: &Path) -> Attachments {
    Attachments::in_folder(Setting::new().await.vault, &folder.join("attachments")).unwrap()
}

#[tokio::test]
async fn a_file_is_kept_sealed_and_opens_at_its_proof_alone() {
    let folder = tempfile::tempdir().unwrap();
    let attachments = attachments(folder.path()).await;
    let (agent, proof) = (AccountId::new(), ProofId::new());
    let hash = attachments.put(agent, proof, b"%PDF-1.7 certificate").await.unwrap();

    assert_eq!(attachments.get(agent, proof, &hash).await.unwrap().clear().unwrap(), b"%PDF-1.7 certificate");
    let kept = std::fs::read(folder.path().join("attachments").join(proof.to_string())).unwrap();
    assert!(!kept.windows(11).any(|part| part == b"certificate"), "it is not in clear");
    assert!(attachments.get(AccountId::new(), proof, &hash).await.is_err(), "another's");
}

#[tokio::test]
async fn a_file_that_was_changed_is_named_altered() {
    let folder = tempfile::tempdir().unwrap();
    let attachments = attachments(folder.path()).await;
    let (agent, proof) = (AccountId::new(), ProofId::new());
    let hash = attachments.put(agent, proof, b"x").await.unwrap();
    let path = folder.path().join("attachments").join(proof.to_string());
    let mut kept = std::fs::read(&path).unwrap();
    *kept.last_mut().unwrap() ^= 1;
    std::fs::write(&path, kept).unwrap();

    assert!(matches!(attachments.get(agent, proof, &hash).await, Err(AttachmentsError::Altered(_))));
}
