/**
 * Gives a function that makes objects of one kind: their methods are shared, and each has only a state of its own, which is
 * `this` in them, and is not copied. For what there is very much of: functions that close over the state of each would be
 * most of the memory.
 */
export function kindOf<State extends object, Methods extends object>(
  methods: Methods & ThisType<State & Methods>,
): (state: State) => State & Methods {
  return (state) => Object.setPrototypeOf(state, methods);
}
