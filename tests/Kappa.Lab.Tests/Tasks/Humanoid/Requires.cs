using Kappa.Lab.Tasks.Humanoid;
using Kappa.Mujoco;

namespace Kappa.Lab.Tests.Tasks.Humanoid;

internal static class Requires
{
    /// <summary>Skips the test where MuJoCo or its humanoid is absent, saying how to get them; on CI their absence is a failure.</summary>
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
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.True(problem.Length == 0, problem);
        Skip.If(problem.Length > 0, problem);
    }
}
