//! What must hold for names of any text: ARNs, image references, host names. The fuzz target runs it, and a test of `blastmap-model` on the
//! corpus.

use blastmap_model::{
    Arn, ResourceId, ResourceKind, kinds,
    kinds::{ecr_repository::parse_image, sqs_queue},
    plain_host_name,
};

pub(crate) fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(arn) = Arn::parse(text) {
        assert_eq!(arn.as_str(), text);
        let parts = [arn.partition(), arn.service(), arn.region(), arn.account()];
        assert_eq!(format!("arn:{}:{}", parts.join(":"), arn.resource()), text);
        assert!(arn.resource().ends_with(arn.resource_name()));
        assert!(arn.resource_name().ends_with(arn.last_part()));
        let id = ResourceId::from(&arn);
        assert_eq!(
            id.arn(),
            Arn::parse(id.as_str()).ok(),
            "one form is another's"
        );
        if let Some(kind) = ResourceKind::of_arn(&arn) {
            let name = kinds::name_from_id(kind, &id);
            assert!(name.len() <= text.len());
        }
        assert!(!sqs_queue::addresses(&arn, Some(text)).is_empty());
    }
    if let Some(image) = parse_image(text) {
        let parts = [
            &image.account,
            &image.region,
            &image.repository,
            &image.named,
        ];
        assert!(
            parts
                .iter()
                .all(|part| text.contains(part.as_str()) || *part == "latest")
        );
    }
    let host = plain_host_name(text);
    assert_eq!(plain_host_name(&host), host, "plain twice is plain");
}
