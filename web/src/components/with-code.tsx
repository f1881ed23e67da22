import type { ComponentChildren } from "preact";

/** The server's texts name things in backticks, as Markdown does: shown as code. One that stands alone stays a backtick. */
export function withCode(text: string): ComponentChildren {
  return text.split(/`([^`]+)`/).map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part));
}

/** A message as a sentence of its own. */
export function sentence(text: string): ComponentChildren {
  return withCode(text.charAt(0).toUpperCase() + text.slice(1).replace(/\.?$/, "."));
}

/** The same for what can only be text: titles, and what a screen reader says. */
export function withoutCode(text: string): string {
  return text.replace(/`([^`]+)`/g, "$1");
}
