namespace Kappa.Lab.Tests;

/// <summary>Skips a test where something is not installed, saying how to get it; on CI its absence is a failure.</summary>
internal static class Requires
{
    public static void Data(DataPackage package) =>
        Nothing(package.Find() is null ? $"{package.Name} is not installed: {package.InstallCommand}" : "");

    public static void Humanoid()
    {
        string problem = MujocoLibrary.UnavailableReason;
        if (problem.Length == 0)
        {
            try
            {
                _ = HumanoidModelFile.Locate();
            }
            catch (FileNotFoundException missing)
            {
                problem = missing.Message;
            }
        }
        Nothing(problem);
    }

    private static void Nothing(string problem)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.True(problem.Length == 0, problem);
        Skip.If(problem.Length > 0, problem);
    }
}
