use super::*;

fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut all = vec![(number << 3) | 2, u8::try_from(bytes.len()).unwrap()];
    all.extend(bytes);
    all
}

fn envelope(kind: &str, raw: &[u8]) -> Vec<u8> {
    let what = [field(1, b"v1"), field(2, kind.as_bytes())].concat();
    [b"k8s\0".to_vec(), field(1, &what), field(2, raw), field(3, b""), field(4, b"")].concat()
}

#[test]
fn what_kubectl_sends_reads_as_json() {
    let label = |key: &[u8], value: &[u8]| field(11, &[field(1, key), field(2, value)].concat());
    let labels = [label(b"a", b"b"), label(b"c", b"d")].concat();
    let meta = [field(1, b"ann"), field(3, b""), labels, field(8, b"\x08\0\x10\0")].concat();
    // And numbers that nobody asks for, one from a later version.
    let raw = [field(1, &meta), vec![4 << 3, 0], vec![15 << 3, 0xac, 2]].concat();
    assert_eq!(
        read(&envelope("ServiceAccount", &raw)).unwrap(),
        json!({ "kind": "ServiceAccount", "apiVersion": "v1",
            "metadata": { "name": "ann", "labels": { "a": "b", "c": "d" } } })
    );
    let raw = [field(1, b"get"), field(1, b"list"), field(3, b"pods")].concat();
    let role = read(&envelope("Role", &[field(2, &raw), field(2, &raw)].concat())).unwrap();
    let pods = json!({ "verbs": ["get", "list"], "resources": ["pods"] });
    assert_eq!(role["rules"], json!([pods, pods]));
}

#[test]
fn what_is_cut_off_or_unknown_is_not_read() {
    let whole = envelope("Namespace", &field(1, &field(1, b"a")));
    assert!(read(&whole).is_some());
    for length in 0..whole.len() - 4 {
        // Never a panic; what is cut between two fields is shorter, and still no other object.
        let found = read(&whole[..length]);
        assert!(found.is_none_or(|one| one["metadata"]["name"] != "b"));
    }
    assert!(read(&envelope("Pod", b"")).is_none());
    assert!(read(b"{}").is_none());
    let endless = [b"k8s\0".to_vec(), vec![0xff; 20]].concat();
    assert!(read(&endless).is_none());
    let long = [b"k8s\0".to_vec(), vec![0x12, 0xff, 0xff, 0xff, 0xff, 0x0f]].concat();
    assert!(read(&long).is_none());
}
