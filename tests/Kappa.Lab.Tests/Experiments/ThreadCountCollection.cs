namespace Kappa.Lab.Tests.Experiments;

/// <summary>The number of threads is the process's, so nothing else runs beside a test of it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ThreadCountCollection
{
    public const string Name = "the number of threads";
}
