namespace Kappa.Tests.Shared;

/// <summary>Tests of what all threads of the process share, such as memory that they take or a variable that they read: nothing runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WholeProcess
{
    public const string Name = "the whole process";
}
