//! A bucket on an S3 service.

use crate::installed;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A bucket `proofs` on an S3 service of one test's own (moto), whose key is `test` with the secret `secret`, and whose
/// objects anybody may read. The service ends with it.
#[derive(Debug)]
pub struct Bucket {
    service: Child,
    endpoint: String,
}

const MOTO: &str = "moto[server]==5.2.5";

/// Serves until its input ends, which it does with the test.
const SERVICE: &str = "
import sys, json, boto3
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address='127.0.0.1', port=0, verbose=False)
server.start()
endpoint = 'http://%s:%d' % server.get_host_and_port()
key = dict(aws_access_key_id='test', aws_secret_access_key='secret', region_name='us-east-1')
s3 = boto3.client('s3', endpoint_url=endpoint, **key)
s3.create_bucket(Bucket='proofs')
everybody = dict(Effect='Allow', Principal='*', Action='s3:GetObject', Resource='arn:aws:s3:::proofs/*')
s3.put_bucket_policy(Bucket='proofs', Policy=json.dumps(dict(Version='2012-10-17', Statement=[everybody])))
print(endpoint, flush=True)
sys.stdin.read()
";

impl Bucket {
    /// A bucket; none where Python is not to be had. What it needs is kept below `target`.
    ///
    /// # Panics
    /// When there is Python, and the service does not start.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test cannot go on without its bucket")]
    pub fn open(target: &Path) -> Option<Self> {
        let python = installed(target, MOTO)?.join("python");
        let mut service = Command::new(python)
            .args(["-c", SERVICE])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("moto");
        let mut endpoint = String::new();
        let output = service.stdout.as_mut().expect("its output");
        BufReader::new(output).read_line(&mut endpoint).expect("its first line");
        assert!(endpoint.starts_with("http://"), "moto does not start");
        Some(Self { service, endpoint: endpoint.trim_end().to_owned() })
    }

    /// The URL of the service.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        drop(self.service.kill());
        drop(self.service.wait());
    }
}
