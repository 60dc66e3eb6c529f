using Kappa.Tensors;

namespace Kappa.Tests.Tensors;

public sealed class ShapeTests
{
    [Fact]
    public void The_default_shape_is_a_scalars()
    {
        Assert.Equal(Shape.Scalar, default);
        Assert.Equal(Shape.Scalar, new Shape());
        Assert.Equal(1, default(Shape).Count);
        Assert.Equal(0, Tensor.Zeros(default).ToDouble());
    }

    [Fact]
    public void A_shape_with_an_empty_axis_has_no_elements_wherever_that_axis_is()
    {
        Assert.Equal(0, new Shape(0, 100_000, 100_000).Count);
        Assert.Equal(0, new Shape(100_000, 100_000, 0).Count);
    }

    [Fact]
    public void Equality_hash_and_text_go_by_the_axes()
    {
        Shape a = [2, 3];
        Assert.True(a == new Shape(2, 3));
        Assert.True(a != [3, 2]);
        Assert.True(a != [2, 3, 1]);
        Assert.True(new Shape(0, 2) != [0, 3]);
        Assert.Equal(a.GetHashCode(), new Shape(2, 3).GetHashCode());
        Assert.Equal("[2, 3]", a.ToString());
        Assert.Equal("[]", Shape.Scalar.ToString());
        Assert.Equal([2, 3], a.ToArray());
        Assert.Equal((3, 2), (a[-1], a[-2]));
    }
}
