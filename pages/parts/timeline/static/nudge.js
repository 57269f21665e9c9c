// Draws nothing: passes on what the server says to the story, without sending the whole story again.
import { send } from "./registry.js";

export default function ({ data }) {
  send(data);
  return () => {};
}
