namespace Kappa.Lab.Runs;

/// <summary>A run's folder cannot be used as asked. The message says why, and the ways out.</summary>
/// <param name="message">The folder, what is in it, the ways out.</param>
public sealed class RunFolderException(string message) : Exception(message);
