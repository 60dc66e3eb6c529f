using System.Globalization;

namespace Kappa.Mujoco.Tests;

public sealed class LayoutTests
{
    [SkippableFact]
    public void Every_offset_equals_the_C_compilers_offsetof()
    {
        Requires.Mujoco();
        bool headers = File.Exists("/usr/include/mujoco/mujoco.h");
        Skip.IfNot(headers, "MuJoCo's header is not installed: apt-get install libmujoco-dev");
        Skip.IfNot(Compiler.IsAvailable, Compiler.HowToInstall);

        var expected = new Dictionary<string, int>();
        foreach (var field in Enum.GetValues<ModelField>())
            expected.Add($"offsetof(mjModel, {CName(field)})", (int)field);
        foreach (var field in Enum.GetValues<DataField>())
            expected.Add($"offsetof(mjData, {CName(field)})", (int)field);
        expected.Add("sizeof(mjModel)", StructSize.Model);
        expected.Add("sizeof(mjData)", StructSize.Data);
        expected.Add("sizeof(mjOption)", StructSize.Option);
        expected.Add("sizeof(mjWarningStat)", StructSize.WarningStatistic);
        expected.Add("offsetof(mjWarningStat, number)", sizeof(int));
        expected.Add("mjVERSION_HEADER", MujocoLibrary.RequiredVersion);
        expected.Add("mjOBJ_ACTUATOR", (int)MujocoObject.Actuator);
        expected.Add("mjOBJ_KEY", (int)MujocoObject.Keyframe);
        expected.Add("mjOBJ_GEOM", (int)MujocoObject.Geom);
        expected.Add("mjOBJ_JOINT", (int)MujocoObject.Joint);
        expected.Add("mjWARN_BADQPOS", (int)MujocoWarning.BadPosition);
        expected.Add("mjWARN_BADCTRL", (int)MujocoWarning.BadControl);
        expected.Add("mjJNT_HINGE", (int)MujocoJoint.Hinge);
        expected.Add("mjINT_IMPLICIT", (int)MujocoIntegrator.Implicit);

        var actual = Evaluate([.. expected.Keys]);
        Assert.Equal(expected, actual);
    }

    private static string CName<T>(T field)
        where T : struct, Enum => field.ToString().Replace("opt_", "opt.", StringComparison.Ordinal);

    private static Dictionary<string, int> Evaluate(string[] expressions)
    {
        string folder = Directory.CreateTempSubdirectory("kappa-layout").FullName;
        try
        {
            var prints = expressions.Select(e => $"  printf(\"%d\\n\", (int)({e}));");
            string program = Path.Combine(folder, "layout");
            Compiler.Compile(
                folder,
                "#include <stddef.h>\n#include <stdio.h>\n#include <mujoco/mujoco.h>\nint main(void) {\n" +
                string.Join('\n', prints) + "\n  return 0;\n}\n",
                "-o", program);
            string[] lines = Compiler.Run(program, folder).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return expressions.Zip(lines).ToDictionary(p => p.First, p => int.Parse(p.Second, CultureInfo.InvariantCulture));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
