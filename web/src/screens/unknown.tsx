import { Message } from "../components/states";
import { useTitle } from "../components/title";

export function UnknownScreen({ path }: { path: string }) {
  useTitle("No such page");
  return (
    <Message title="There is no such page">
      <p>
        <code>{path}</code> leads nowhere. Resources are at <code>/resource/ARN</code>, their blast radius at <code>/radius/ARN</code>.
      </p>
      <p>
        <a href="/">To the start</a>
      </p>
    </Message>
  );
}
