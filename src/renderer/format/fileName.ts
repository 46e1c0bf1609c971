/** What a person calls a job: the last part of its path. */

/** `cube.gcode` of `/prints/cube.gcode` and of `C:\prints\cube.gcode`; the whole text when it has no such part. */
export function fileNameOf(filepath: string): string {
  const name = filepath.split(/[\\/]/).pop();
  return name === undefined || name === '' ? filepath : name;
}
