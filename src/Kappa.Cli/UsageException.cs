namespace Kappa.Cli;

/// <summary>The command line asks for something that does not go.</summary>
internal sealed class UsageException(string message) : Exception(message);
