namespace Kappa.Tests.Shared;

/// <summary>A folder that a test may fill; removed afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    internal string FullPath { get; } = Directory.CreateTempSubdirectory("kappa-test-").FullName;

    internal string this[string name] => Path.Combine(FullPath, name);

    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}
