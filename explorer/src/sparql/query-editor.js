// The editor of queries: CodeMirror with SPARQL's colours, and completion of the graph's terms.

import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { completions } from "./completions.js";

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--keyword)", fontWeight: "600" },
  { tag: tags.standard(tags.variableName), color: "var(--keyword)" },
  { tag: tags.local(tags.variableName), color: "var(--variable)" },
  { tag: tags.atom, color: "var(--term)" },
  { tag: [tags.string, tags.meta], color: "var(--string)" },
  { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
]);

// An editor in `place` for the data of the page; `run` is called on Ctrl+Enter. The Tab key leaves it.
export function editorIn(place, data, label, run) {
  const act = () => {
    run();
    return true;
  };
  const view = new EditorView({
    parent: place,
    state: EditorState.create({
      extensions: [
        keymap.of([{ key: "Mod-Enter", run: act }]),
        lineNumbers(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        bracketMatching(),
        StreamLanguage.define(sparql),
        syntaxHighlighting(colours),
        autocompletion({ override: [completions(data)], maxRenderedOptions: 12 }),
        keymap.of([...completionKeymap, ...defaultKeymap.filter(({ key }) => key !== "Mod-Enter"), ...historyKeymap]),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0", "aria-describedby": "editor-help", spellcheck: "false" }),
      ],
    }),
  });
  return {
    text: () => view.state.doc.toString(),
    // Replaces the query; undo restores the previous one.
    put(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: 0 }, scrollIntoView: true });
    },
    // Marks an error { sentence, line, column }, or none.
    mark(fault) {
      const found = [];
      if (fault?.line && fault.line <= view.state.doc.lines) {
        const line = view.state.doc.line(fault.line);
        const at = Math.min(line.from + fault.column - 1, line.to);
        const from = at === line.to ? Math.max(line.from, at - 1) : at;
        found.push({ from, to: Math.max(at, from + 1, line.from), severity: "error", message: fault.sentence });
      }
      const last = view.state.doc.length;
      view.dispatch(setDiagnostics(view.state, found.map((each) => ({ ...each, to: Math.min(each.to, last) }))));
    },
    // Moves to a position in the text.
    goTo({ line, column }) {
      const { from, to } = view.state.doc.line(Math.min(line, view.state.doc.lines));
      view.dispatch({ selection: { anchor: Math.min(from + column - 1, to) }, scrollIntoView: true });
      view.focus();
    },
  };
}
