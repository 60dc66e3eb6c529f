using System.Reflection;
using Kappa.Tests.ApprovedApi;

namespace Kappa.Onnx.Tests.Architecture;

public sealed class ArchitectureTests
{
    private static readonly Assembly Library = typeof(OnnxModel).Assembly;

    [Fact]
    public void Folders_use_what_lies_below_them_alone() => Faults.RequireNone(new AssemblyArrows(
        Library, "Kappa.Onnx", Layer.Together("Format", "Values"), Layer.Apart("Operators"), Layer.Together("", "Import", "Export")).Faults());

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
