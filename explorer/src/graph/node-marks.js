// Draws the marks of nodes as points, which cost a software renderer a third of what Sigma's own triangles do.

import { NodePointProgram } from "sigma/rendering";

// How much of the node's colour is seen at `far`, from 0 in the middle to 1 at the edge; the rest is `u_rest`.
const MARKS = {
  disc: "upto(0.86)",
  ring: "upto(0.86) - upto(0.45)",
  target: "upto(0.86) - upto(0.6) + upto(0.32)",
  chosen: "upto(0.78)",
};

const shader = (seen) => `
precision mediump float;
varying vec4 v_color;
varying float v_border;
uniform vec3 u_rest;
float far, soft;
float upto(float edge) { return 1.0 - smoothstep(edge - soft, edge + soft, far); }
void main() {
  far = length(gl_PointCoord - 0.5) * 2.0;
  soft = v_border;
  #ifdef PICKING_MODE
  if (far > 1.0) discard;
  gl_FragColor = v_color;
  #else
  gl_FragColor = mix(vec4(u_rest, 1.0), v_color, ${seen}) * upto(1.0 - soft);
  #endif
}`;

const shares = (colour) => [1, 3, 5].map((place) => parseInt(colour.slice(place, place + 2), 16) / 255);

// The programs by the name of their mark; what is chosen has an edge in the colour of the text.
export function marksIn({ surface, text }) {
  const program = ([mark, seen]) => {
    const rest = shares(mark === "chosen" ? text : surface);
    return class extends NodePointProgram {
      getDefinition() {
        const definition = super.getDefinition();
        return { ...definition, FRAGMENT_SHADER_SOURCE: shader(seen), UNIFORMS: [...definition.UNIFORMS, "u_rest"] };
      }

      setUniforms(params, info) {
        super.setUniforms(params, info);
        info.gl.uniform3f(info.uniformLocations.u_rest, ...rest);
      }
    };
  };
  return Object.fromEntries(Object.entries(MARKS).map((each) => [each[0], program(each)]));
}
