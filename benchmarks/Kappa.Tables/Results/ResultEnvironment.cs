using System.Reflection;
using Kappa.Lab.Reports;
using Kappa.Lab.Runs;

namespace Kappa.Tables.Results;

/// <summary>Where and by what a result was made.</summary>
/// <param name="Version">The version of Kappa, with the commit that it was built from.</param>
/// <param name="Machine">Processor, cores, vector instructions, operating system and runtime.</param>
/// <param name="LightGbm">The version of the package that brings the boosted trees.</param>
internal sealed record ResultEnvironment(string Version, string Machine, string LightGbm)
{
    internal static ResultEnvironment Here() => new(
        CodeVersion.Current,
        RunEnvironment.Describe("", TimeProvider.System).Machine,
        $"Microsoft.ML.LightGbm {Package.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0]}");

    private static Assembly Package => typeof(Microsoft.ML.Trainers.LightGbm.LightGbmRegressionTrainer).Assembly;
}
