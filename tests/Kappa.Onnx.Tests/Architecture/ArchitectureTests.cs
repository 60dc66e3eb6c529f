using System.Reflection;
using Kappa.Tests.ApprovedApi;

namespace Kappa.Onnx.Tests.Architecture;

public sealed class ArchitectureTests
{
    private static readonly Assembly Library = typeof(OnnxModel).Assembly;

    /// <summary>What the folders may not name; the root holds both what all of them use, as errors, and what uses them.</summary>
    [Theory]
    [InlineData("Format", "Operators|Import|Export")]
    [InlineData("Values", "Operators|Import|Export")]
    [InlineData("Operators", "Import|Export")]
    [InlineData("Import", "Export")]
    [InlineData("Export", "Import|Operators|Values")]
    public void Folders_use_what_lies_below_them_alone(string folder, string above)
    {
        string[] upper = [.. above.Split('|').Select(name => $"Kappa.Onnx.{name}")];
        var uses = TypeUses.Of(Library).Where(use => use.SourceNamespace == $"Kappa.Onnx.{folder}").ToArray();
        Assert.NotEmpty(uses);
        Faults.RequireNone(uses.Where(use => upper.Contains(use.TargetNamespace)).Select(use => $"{use.Source}.{use.Member} uses {use.Target}").Distinct());
    }

    [Theory]
    [InlineData("src/Kappa.Onnx", "Kappa.Onnx")]
    [InlineData("tests/Kappa.Onnx.Tests", "Kappa.Onnx.Tests")]
    public void Namespaces_follow_folders(string project, string root) => Faults.RequireNone(SourceFolders.StrayNamespaces(project, root));

    [Theory]
    [InlineData("src/Kappa.Onnx")]
    [InlineData("tests/Kappa.Onnx.Tests")]
    public void Lines_end_at_160_characters(string project) => Faults.RequireNone(SourceFolders.LongLines(project, 160));

    [Fact]
    public void The_public_api_is_the_approved_one() => ApprovedText.Check(Library, "tests/Kappa.Onnx.Tests/Architecture");

    [Fact]
    public void It_has_no_native_code() => Assert.DoesNotContain(
        Library.GetReferencedAssemblies(), name => name.Name!.Contains("OnnxRuntime", StringComparison.Ordinal) || name.Name is "Kappa.Lab" or "Kappa.Mujoco");
}
