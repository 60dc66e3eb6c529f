using Kappa.Lab.Data;

namespace Kappa.Lab.Tests.Data;

internal static class Requires
{
    /// <summary>Skips the test where the data set is not installed, saying how to get it; on CI its absence is a failure.</summary>
    public static void Data(DataPackage package)
    {
        string problem = package.Find() is null ? $"{package.Name} is not installed: {package.InstallCommand}" : "";
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.True(problem.Length == 0, problem);
        Skip.If(problem.Length > 0, problem);
    }
}
