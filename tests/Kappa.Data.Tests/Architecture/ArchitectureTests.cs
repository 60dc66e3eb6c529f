using System.Reflection;

namespace Kappa.Data.Tests.Architecture;

public sealed class ArchitectureTests
{
    private static readonly Assembly Library = typeof(DataSet).Assembly;

    [Fact]
    public void Kinds_of_data_know_data_sets_and_not_each_other() =>
        Faults.RequireNone(new AssemblyArrows(Library, "Kappa.Data", Layer.Apart(""), Layer.Apart("Pictures", "Text", "Tables")).Faults());

    [Theory]
    [InlineData("src/Kappa.Data", "Kappa.Data")]
    [InlineData("tests/Kappa.Data.Tests", "Kappa.Data.Tests")]
    public void Namespaces_follow_folders(string project, string root) => Faults.RequireNone(SourceFolders.StrayNamespaces(project, root));

    [Theory]
    [InlineData("src/Kappa.Data")]
    [InlineData("tests/Kappa.Data.Tests")]
    public void Lines_end_at_160_characters(string project) => Faults.RequireNone(SourceFolders.LongLines(project, 160));

    [Fact]
    public void It_needs_neither_the_lab_nor_MuJoCo() =>
        Assert.DoesNotContain(Library.GetReferencedAssemblies(), name => name.Name is "Kappa.Lab" or "Kappa.Mujoco");
}
