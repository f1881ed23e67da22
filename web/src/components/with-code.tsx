import type { ComponentChildren } from "preact";

/** The server's texts name things in backticks, as Markdown does: shown as code. One that stands alone stays a backtick. */
export function withCode(text: string): ComponentChildren {
  return text.split(/`([^`]+)`/).map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part));
}

/** The same for what can only be text: titles, and what a screen reader says. */
export function withoutCode(text: string): string {
  return text.replace(/`([^`]+)`/g, "$1");
}
