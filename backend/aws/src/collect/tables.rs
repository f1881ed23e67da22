//! Tables of `DynamoDB`, by name: environments name them, and only the crawler can tell.

use blastmap_model::{Arn, Found, ResourceKind, Source, kinds::dynamodb_table::DynamodbTable};

use super::{Action, Collector, Place, Wanted};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

const API: &str = "dynamodb:ListTables";

pub(super) const COLLECTOR: Collector = Collector {
    kinds: &[ResourceKind::DynamodbTable],
    actions: &[Action {
        name: API,
        reads: &["TableNames", "LastEvaluatedTableName"],
    }],
    place: Place::Region,
    wanted: Some(Wanted::once_there_are_clusters),
    never_changes: None,
    collect: |clients, _, found| Box::pin(collect(clients, found)),
};

async fn collect(clients: &Clients, found: &mut Found) -> Result<(), CallError> {
    let scope = clients.scope();
    let mut pages = Pages::of(API);
    while let Some(Page(after)) = pages.next() {
        let request = clients
            .dynamodb
            .list_tables()
            .limit(100)
            .set_exclusive_start_table_name(after);
        let answer = clients.call(API, request.send()).await?;
        for name in answer.table_names() {
            let resource = format!("table/{name}");
            let (region, account) = (&scope.region, &scope.account);
            let arn = Arn::new(&clients.partition, "dynamodb", region, account, &resource);
            if let Ok(arn) = arn {
                let facts = DynamodbTable::named(&arn, clients.redactor());
                found.offer(&arn, &facts, [], Source::of(API));
            }
        }
        pages.turn(answer.last_evaluated_table_name())?;
    }
    found.listed(ResourceKind::DynamodbTable);
    Ok(())
}
