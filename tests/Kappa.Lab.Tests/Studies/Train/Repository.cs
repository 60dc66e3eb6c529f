namespace Kappa.Lab.Tests.Studies.Train;

/// <summary>Where the repository is that these tests were built from.</summary>
internal static class Repository
{
    internal static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Kappa.slnx")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("the tests run outside the repository");
    }
}
