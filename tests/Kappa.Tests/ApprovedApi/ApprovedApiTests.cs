using Kappa.Tensors;

namespace Kappa.Tests.ApprovedApi;

public sealed class ApprovedApiTests
{
    [Fact]
    public void The_public_api_is_the_approved_one() => ApprovedText.Check(typeof(Tensor).Assembly, "tests/Kappa.Tests/ApprovedApi");

    [Fact]
    public void Every_public_class_is_abstract_or_sealed()
    {
        var open = typeof(Tensor).Assembly.GetExportedTypes().Where(type => type is { IsClass: true, IsAbstract: false, IsSealed: false });
        Assert.Empty(open);
    }

    [Fact]
    public void A_difference_names_the_type_and_the_member()
    {
        const string Approved = "sealed class A.B\n    int C()\n    int D()\n";
        Assert.Equal("- A.B: int C()\n+ A.B: long C()", ApprovedText.Difference(Approved, "sealed class A.B\n    int D()\n    long C()\n"));
        Assert.Equal("", ApprovedText.Difference(Approved, Approved));
    }
}
