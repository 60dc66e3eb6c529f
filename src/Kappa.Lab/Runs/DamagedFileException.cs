namespace Kappa.Lab.Runs;

/// <summary>A file of a run is not as Kappa wrote it. The message names the file, what is wrong, and the way out.</summary>
/// <param name="path">The file.</param>
/// <param name="fault">What is wrong with it.</param>
/// <param name="remedy">What to do, as a sentence.</param>
/// <param name="inner">The cause, where there is one.</param>
public sealed class DamagedFileException(string path, string fault, string remedy, Exception? inner = null)
    : IOException($"{path}: {fault.TrimEnd('.')}. {remedy}", inner);
