//! Files beside the journal.

use super::Setting;
use events::{AccountId, ProofId};
use std::path::Path;
use test_support::Bucket;
use vault::{Attachments, AttachmentsError, BucketAccess};

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

#[tokio::test(flavor = "multi_thread")]
async fn a_file_in_a_bucket_is_sealed_and_opens_the_same() {
    let Some(bucket) = Bucket::open(Path::new(env!("CARGO_TARGET_TMPDIR"))) else {
        return test_support::left_out("attachments in a bucket: there is no python3 with venv for an S3 service");
    };
    let access = BucketAccess {
        endpoint: bucket.endpoint().to_owned(),
        access_key_id: "test".to_owned(),
        secret_access_key: "secret".into(),
        ..BucketAccess::default()
    };
    let attachments = Attachments::open(Setting::new().await.vault, "s3://proofs/of/agents", &access).unwrap();
    let (agent, proof) = (AccountId::new(), ProofId::new());
    let hash = attachments.put(agent, proof, b"%PDF-1.7 certificate").await.unwrap();

    assert_eq!(attachments.get(agent, proof, &hash).await.unwrap().clear().unwrap(), b"%PDF-1.7 certificate");
    let kept = reqwest::get(format!("{}/proofs/of/agents/{proof}", bucket.endpoint())).await.unwrap();
    assert_eq!(kept.status(), 200);
    assert!(!kept.bytes().await.unwrap().windows(11).any(|part| part == b"certificate"), "it is not in clear");
    attachments.discard(proof).await.unwrap();
    assert!(matches!(attachments.get(agent, proof, &hash).await, Err(AttachmentsError::Store(_))));

    let elsewhere = Attachments::open(Setting::new().await.vault, "s3://nowhere", &access).unwrap();
    assert!(matches!(elsewhere.put(agent, proof, b"x").await, Err(AttachmentsError::Store(_))));
    for address in ["proofs", "ftp://proofs", "https://proofs.example/x"] {
        let opened = Attachments::open(Setting::new().await.vault, address, &access);
        assert!(matches!(opened, Err(AttachmentsError::Address(_))), "{address}");
    }
}
