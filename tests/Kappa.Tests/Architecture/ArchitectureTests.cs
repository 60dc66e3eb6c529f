using System.Reflection;
using Kappa.Tests.Shared;

namespace Kappa.Tests.Architecture;

public sealed class ArchitectureTests
{
    private static readonly Assembly Library = typeof(Warnings).Assembly;

    [Fact]
    public void Folders_use_what_lies_below_them_alone() => Faults.RequireNone(new AssemblyArrows(
        Library,
        "Kappa",
        Layer.Apart("", "Randomness", "Text"),
        Layer.Apart("Tensors"),
        Layer.Apart("Pieces"),
        Layer.Apart("LinearAlgebra"),
        Layer.Apart("Networks"),
        Layer.Apart("Optimizers"),
        Layer.Apart("Checkpoints"),
        Layer.Apart("Units", "Training", "Generation"),
        Layer.Apart("Preconditioning", "Rescaling", "Isometry", "Plasticity", "Curvature", "Diagnostics")).Faults());

    [Fact]
    public void Solvers_know_operators_and_neither_knows_what_they_are_of() => Faults.RequireNone(new AssemblyArrows(
        Library, "Kappa.LinearAlgebra", Layer.Apart("Arithmetic"), Layer.Apart("Operators"), Layer.Apart("Solvers")).Faults());

    [Fact]
    public void Models_are_made_of_layers() => Faults.RequireNone(new AssemblyArrows(
        Library, "Kappa.Networks", Layer.Apart("Initializers"), Layer.Together("", "Activations", "Layers"), Layer.Apart("Models")).Faults());

    [Fact]
    public void Criteria_are_made_of_operators() => Faults.RequireNone(new AssemblyArrows(
        Library, "Kappa.Curvature", Layer.Apart("Operators"), Layer.Apart("Criteria")).Faults());

    [Theory]
    [InlineData("src/Kappa", "Kappa")]
    [InlineData("tests/Kappa.Tests", "Kappa.Tests")]
    public void Namespaces_follow_folders(string project, string root) => Faults.RequireNone(SourceFolders.StrayNamespaces(project, root));

    [Theory]
    [InlineData("src/Kappa")]
    [InlineData("tests/Kappa.Tests")]
    [InlineData("src/Kappa.Lab")]
    [InlineData("src/Kappa.Cli")]
    [InlineData("src/Kappa.Mpi")]
    [InlineData("src/Kappa.Mujoco")]
    [InlineData("src/Kappa.TorchSharp")]
    [InlineData("src/Kappa.Web")]
    [InlineData("tests/Kappa.Mpi.Tests")]
    [InlineData("tests/Kappa.Lab.Tests")]
    [InlineData("tests/Kappa.Cli.Tests")]
    [InlineData("tests/Kappa.Resume.Tests")]
    [InlineData("tests/Kappa.TorchSharp.Tests")]
    [InlineData("tests/Kappa.Web.Tests")]
    [InlineData("tests/Shared")]
    [InlineData("benchmarks/Kappa.Benchmarks")]
    public void Lines_end_at_160_characters(string project) => Faults.RequireNone(SourceFolders.LongLines(project, 160));

    [Fact]
    public void No_public_name_stands_twice()
    {
        var twice = Library.GetExportedTypes().Where(type => !type.IsNested).GroupBy(type => type.Name.Split('`')[0]).Where(group => group.Count() > 1);
        Faults.RequireNone(twice.Select(group => string.Join(" and ", group)));
    }
}
