using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Initializers;
using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tensors.Operations;

namespace Kappa.Tests.Tensors;

/// <summary>The texts of errors, which are part of what users rely on: each names the operation, what it got, and both shapes where there are two.</summary>
public sealed class ShapeErrorTests
{
    private static readonly (Action Act, string Message)[] Table =
    [
        (() => _ = F(2, 3) + F(4), "Add: the shapes [2, 3] and [4] do not broadcast: 3 against 4 at axis -1. Axes must agree or be 1, counted from the last"),
        (() => _ = F(2, 3) - F(3, 3),
            "Subtract: the shapes [2, 3] and [3, 3] do not broadcast: 2 against 3 at axis -2. Axes must agree or be 1, counted from the last"),
        (() => _ = F(0) * F(2), "Multiply: the shapes [0] and [2] do not broadcast: 0 against 2 at axis -1. Axes must agree or be 1, counted from the last"),
        (() => _ = F(2) / D(2), "Divide: expected two tensors of one floating type; got [2] Float32 and [2] Float64. Convert one with To(...)"),
        (() => _ = I(2) + I(2), "Add: expected two tensors of one floating type; got [2] Int32 and [2] Int32. Convert one with To(...)"),
        (() => _ = I(2) * 2, "Affine: expected Float32 or Float64; got [2] Int32. Convert with To(...)"),
        (() => _ = I(2).Exp(), "Exp: expected Float32 or Float64; got [2] Int32. Convert with To(...)"),
        (() => _ = -I(2), "Negate: expected Float32 or Float64; got [2] Int32. Convert with To(...)"),
        (() => _ = F(2, 3).MatMul(F(2, 3)), "MatMul: the inner lengths differ: [2, 3] times [2, 3] has 3 against 2"),
        (() => _ = F(2, 3).MatMul(F(2, 3), true, true), "MatMul: the inner lengths differ: [2, 3] transposed times [2, 3] transposed has 2 against 3"),
        (() => _ = F(2).MatMul(F(2, 3)), "MatMul: the left operand must be a matrix, with 2 axes; got [2]"),
        (() => _ = F(2, 3).MatMul(F(2, 3, 4)), "MatMul: the right operand must be a matrix, with 2 axes; got [2, 3, 4]"),
        (() => _ = F(2, 3).MatMul(D(3, 2)),
            "MatMul: expected two tensors of one floating type; got [2, 3] Float32 and [3, 2] Float64. Convert one with To(...)"),
        (() => _ = F(2, 3).Linear(F(5, 4), null), "Linear: the input [2, 3] has 3 features; the weight [5, 4] takes 4"),
        (() => _ = F(2, 3).Linear(Named(F(5, 4), "2.weight"), null), "Linear: the input [2, 3] has 3 features; the weight [5, 4] (2.weight) takes 4"),
        (() => _ = F(2, 3).Linear(F(5, 3), F(3)), "Linear: the bias must be [5] for the weight [5, 3]; got [3]"),
        (() => _ = F(3).Linear(F(5, 3), null), "Linear: the input must be a matrix, with 2 axes; got [3]"),
        (() => _ = F(2, 3).Linear(F(3), null), "Linear: the weight must be a matrix, with 2 axes; got [3]"),
        (() => _ = new Linear(3, 2).Forward(F(4, 5, 6)), "Linear: expected an input [..., 3]; got [4, 5, 6]"),
        (() => _ = new Linear(3, 2).Forward(F()), "Linear: expected an input [..., 3]; got []"),
        (() => _ = F(2, 3).Conv2d(F(4, 3, 3, 3), null), "Conv2d: expected an input [batch, channels, height, width]; got [2, 3]"),
        (() => _ = F(2, 3, 5, 5).Conv2d(F(4, 3), null), "Conv2d: the weight must be [out, in / groups, kernel height, kernel width]; got [4, 3]"),
        (() => _ = F(2, 3, 5, 5).Conv2d(Named(F(4, 2, 3, 3), "0.weight"), null),
            "Conv2d: the input [2, 3, 5, 5] has 3 channels; the weight [4, 2, 3, 3] (0.weight) takes 2"),
        (() => _ = F(2, 4, 5, 5).Conv2d(F(4, 4, 3, 3), null, groups: 2),
            "Conv2d: the input [2, 4, 5, 5] has 4 channels; the weight [4, 4, 3, 3] takes 4 in each of 2 groups"),
        (() => _ = F(2, 3, 5, 5).Conv2d(F(4, 1, 3, 3), null, groups: 3), "Conv2d: 3 groups do not divide 3 input and 4 output channels evenly"),
        (() => _ = F(2, 3, 5, 5).Conv2d(F(4, 3, 3, 3), F(3)), "Conv2d: the bias must be [4] for the weight [4, 3, 3, 3]; got [3]"),
        (() => _ = F(2, 3, 2, 5).Conv2d(F(4, 3, 3, 3), null), "Conv2d: no window of 3 x 3 with dilation 1 fits into the input [2, 3, 2, 5] with padding 0"),
        (() => _ = F(2, 3, 4, 5).Conv2d(F(4, 3, 3, 3), null, dilation: 2),
            "Conv2d: no window of 3 x 3 with dilation 2 fits into the input [2, 3, 4, 5] with padding 0"),
        (() => _ = F(2, 3, 5, 5).Conv2d(F(4, 3, 3, 3), null, stride: 0),
            "Conv2d: the stride and dilation are 1 or more and the padding 0 or more; got stride 0, padding 0, dilation 1"),
        (() => _ = F(2, 3, 5, 5).Conv2d(D(4, 3, 3, 3), null),
            "Conv2d: expected two tensors of one floating type; got [2, 3, 5, 5] Float32 and [4, 3, 3, 3] Float64. Convert one with To(...)"),
        (() => _ = F(2, 3).MaxPool2d(2), "MaxPool2d: expected an input [batch, channels, height, width]; got [2, 3]"),
        (() => _ = F(2, 3, 3, 1).MaxPool2d(2), "MaxPool2d: no window of 2 x 2 fits into the input [2, 3, 3, 1] with padding 0"),
        (() => _ = F(2, 3, 4, 4).AvgPool2d(2, 2, 2),
            "AvgPool2d: the window is 1 or more and the padding at most half of it, so that each window sees the image; got window 2, padding 2"),
        (() => _ = F(2, 3, 0, 4).GlobalAvgPool2d(), "GlobalAvgPool2d: the images of [2, 3, 0, 4] have no pixels"),
        (() => _ = F(1, 3).BatchNorm(null, null),
            "BatchNorm: the statistics of a batch take more than one value for each channel; [1, 3] has 1. Train on batches of two or more, or call Eval() to "
            + "use the running statistics"),
        (() => _ = BatchNormNode.Apply(F(2, 3), null, null, F(2), F(2), 1e-5),
            "BatchNorm: mean and variance must be [3] for the input [2, 3]; got [2] and [2]"),
        (() => _ = F(2, 3).BatchNorm(F(2), F(2)), "BatchNorm: weight and bias must be [3] Float32 for the input [2, 3]; got [2] Float32"),
        (() => _ = F(4).BatchNorm(null, null), "BatchNorm: expected [batch, channels, ...]; got [4]"),
        (() => _ = F(2, 5, 3).MaxMin(), "MaxMin: groups of 2 do not divide the 5 channels of [2, 5, 3]"),
        (() => _ = F(2, 5).GroupSort(4), "GroupSort: groups of 4 do not divide the 5 channels of [2, 5]"),
        (() => _ = F(5).GroupSort(5), "GroupSort: expected [batch, channels, ...]; got [5]"),
        (() => _ = F(2, 3).Reshape([4]), "Reshape: [2, 3] has 6 elements; [4] has 4"),
        (() => _ = F(2).Transpose(), "Transpose: expected 2 axes or more; got [2]"),
        (() => _ = F(2, 3).Slice(1, 2, 2), "Slice: 2 elements from 2 leave axis 1 of [2, 3], which has length 3"),
        (() => _ = F(2, 3).Slice(1, 1, int.MaxValue), "Slice: 2147483647 elements from 1 leave axis 1 of [2, 3], which has length 3"),
        (() => _ = F(2, 3).Slice(-1, -1, 1), "Slice: 1 elements from -1 leave axis 1 of [2, 3], which has length 3"),
        (() => _ = F(2, 3).Slice(2, 0, 1), "Slice: axis 2 does not exist in [2, 3], which has 2 axes"),
        (() => _ = F(2, 3).Gather(F(1)), "Gather: row indices are Int32; got [1] Float32"),
        (() => _ = F().Gather(I(1)), "Gather: cannot pick rows of [] by indices [1]"),
        (() => _ = F(1, 1, 1, 1, 1, 1, 1, 1).Gather(I(1, 1)), "Gather: cannot pick rows of [1, 1, 1, 1, 1, 1, 1, 1] by indices [1, 1]"),
        (() => _ = Tensor.Concat(0), "Concat: expected at least one tensor"),
        (() => _ = Tensor.Concat(1, F(2, 3), F(3, 3)),
            "Concat along axis 1: [3, 3] Float32 does not fit [2, 3] Float32; all other axes and the type must agree"),
        (() => _ = Tensor.Concat(0, F(2), D(2)), "Concat along axis 0: [2] Float64 does not fit [2] Float32; all other axes and the type must agree"),
        (() => _ = Tensor.Concat(0, F(2), F(2, 1)), "Concat along axis 0: [2, 1] Float32 does not fit [2] Float32; all other axes and the type must agree"),
        (() => _ = Tensor.Concat(0, F(), F()), "Concat: axis 0 does not exist in [], which has 0 axes"),
        (() => _ = F(2, 3).Sum(2), "Sum: axis 2 does not exist in [2, 3], which has 2 axes"),
        (() => _ = I(2).Sum(), "Sum: expected Float32 or Float64; got [2] Int32. Convert with To(...)"),
        (() => _ = F(2, 3).Mean(-3), "Mean: axis -3 does not exist in [2, 3], which has 2 axes"),
        (() => _ = I(2).Mean(), "Mean: expected Float32 or Float64; got [2] Int32. Convert with To(...)"),
        (() => _ = F(0, 3).Mean(), "Mean: [0, 3] has no elements"),
        (() => _ = F(0, 3).Mean(0), "Mean: axis 0 of [0, 3] is empty"),
        (() => _ = F(2, 3).Max(2), "Max: axis 2 does not exist in [2, 3], which has 2 axes"),
        (() => _ = F(2, 0).Max(1), "Max: axis 1 of [2, 0] is empty"),
        (() => _ = F().Softmax(), "Softmax: axis -1 does not exist in [], which has 0 axes"),
        (() => _ = F(2, 0).LogSoftmax(), "LogSoftmax: the last axis of [2, 0] is empty"),
        (() => _ = I(2).LogSoftmax(), "LogSoftmax: expected Float32 or Float64; got [2] Int32. Convert with To(...)"),
        (() => _ = Loss.CrossEntropy(F(2, 3), I(3)), "CrossEntropy: expected logits [n, classes] and labels [n] with n >= 1; got [2, 3] and [3]"),
        (() => _ = Loss.CrossEntropy(F(0, 3), I(0)), "CrossEntropy: expected logits [n, classes] and labels [n] with n >= 1; got [0, 3] and [0]"),
        (() => _ = Loss.CrossEntropy(F(3), I(3)), "CrossEntropy: the logits must be a matrix, with 2 axes; got [3]"),
        (() => _ = Loss.CrossEntropy(F(2, 3), F(2)), "CrossEntropy: labels are Int32; got [2] Float32"),
        (() => _ = Loss.MeanSquaredError(F(2, 3), F(3)), "MeanSquaredError: expected prediction and target of one shape, not empty; got [2, 3] and [3]"),
        (() => _ = Loss.MeanSquaredError(F(0), F(0)), "MeanSquaredError: expected prediction and target of one shape, not empty; got [0] and [0]"),
        (() => _ = F(2, 3).Less(F(3, 3)),
            "Less: the shapes [2, 3] and [3, 3] do not broadcast: 2 against 3 at axis -2. Axes must agree or be 1, counted from the last"),
        (() => _ = F(2).Equal(I(2)), "Equal: expected two tensors of one type; got [2] Float32 and [2] Int32. Convert one with To(...)"),
        (() => _ = F(2).Maximum(D(2)), "Maximum: expected two tensors of one type; got [2] Float32 and [2] Float64. Convert one with To(...)"),
        (() => _ = F(2).Minimum(F(3)),
            "Minimum: the shapes [2] and [3] do not broadcast: 2 against 3 at axis -1. Axes must agree or be 1, counted from the last"),
        (() => _ = Tensor.Where(F(2), F(2), F(2)), "Where: a condition is Int32, 0 for no; got [2] Float32. Compare, as in x.Greater(0)"),
        (() => _ = Tensor.Where(I(2), F(2), D(2)), "Where: expected two tensors of one type; got [2] Float32 and [2] Float64. Convert one with To(...)"),
        (() => _ = Tensor.Where(I(4), F(2, 3), F(3)),
            "Where: the shapes [2, 3] and [4] do not broadcast: 3 against 4 at axis -1. Axes must agree or be 1, counted from the last"),
        (() => _ = F(2, 0).ArgMax(), "ArgMax: axis 1 of [2, 0] is empty"),
        (() => _ = F(2, 3).ArgMin(2), "ArgMin: axis 2 does not exist in [2, 3], which has 2 axes"),
        (() => _ = I(2).ArgMax(), "ArgMax: expected Float32 or Float64; got [2] Int32. Convert with To(...)"),
        (() => _ = F(2, 3).TopK(4), "TopK: axis 1 of [2, 3] has 3 elements; asked for 4"),
        (() => _ = F(2, 3).TopK(-1, 0), "TopK: axis 0 of [2, 3] has 2 elements; asked for -1"),
        (() => _ = F(2, 3).Cumsum(2), "Cumsum: axis 2 does not exist in [2, 3], which has 2 axes"),
        (() => _ = F(2, 3).Permute(0), "Permute: expected each of the 2 axes of [2, 3] once; got [0]"),
        (() => _ = F(2, 3).Permute(1, -1), "Permute: expected each of the 2 axes of [2, 3] once; got [1, -1]"),
        (() => _ = F(2, 3).Expand([3]), "Expand: [2, 3] does not repeat to [3]. Its axes, counted from the last, must be the same or 1"),
        (() => _ = F(2, 3).Expand([2, 2, 1]), "Expand: [2, 3] does not repeat to [2, 2, 1]. Its axes, counted from the last, must be the same or 1"),
        (() => _ = F(2, 3).Pad(1, -1, 2), "Pad: axis 1 of [2, 3] takes zero or more elements on either side; got -1 and 2"),
        (() => _ = F(2, 3).Pad([(1, 1)]), "Pad: expected a pair for each of the 2 axes of [2, 3]; got 1"),
        (() => _ = Tensor.Stack(0), "Stack: expected at least one tensor"),
        (() => _ = Tensor.Stack(0, F(2), F(3)), "Stack: expected tensors of one shape and type; got [2] Float32 and [3] Float32"),
        (() => _ = Tensor.Stack(2, F(2), F(2)), "Stack: axis 2 does not exist in [1, 2], which has 2 axes"),
        (() => _ = F(2, 3).Split(1, 1, 1), "Split: expected sizes that add up to the 3 elements of axis 1 of [2, 3]; got [1, 1]"),
        (() => _ = F(2, 3).Split(1, 4, -1), "Split: expected sizes that add up to the 3 elements of axis 1 of [2, 3]; got [4, -1]"),
        (() => _ = F(2, 3).BatchMatMul(F(2, 3)), "BatchMatMul: expected two batches of as many matrices, each with 3 axes; got [2, 3] and [2, 3]"),
        (() => _ = F(2, 3, 4).BatchMatMul(F(3, 4, 1)), "BatchMatMul: expected two batches of as many matrices, each with 3 axes; got [2, 3, 4] and [3, 4, 1]"),
        (() => _ = F(2, 3, 4).BatchMatMul(F(2, 3, 1)), "BatchMatMul: the inner lengths differ: [2, 3, 4] times [2, 3, 1] has 4 against 3"),
        (() => _ = Tensor.Einsum("ij,jk->ik", F(2, 3), F(4, 5)),
            "Einsum \"ij,jk->ik\" of [2, 3] and [4, 5]: the axis j has length 3 before and 4 in operand 1"),
        (() => _ = Tensor.Einsum("ij->ik", F(2, 3)), "Einsum \"ij->ik\" of [2, 3]: the result has the axis k, which no operand has"),
        (() => _ = Tensor.Einsum("ij,j", F(2, 3)), "Einsum \"ij,j\" of [2, 3]: names 2 operands; got 1"),
        (() => _ = Tensor.Einsum("ijk->i", F(2, 3)), "Einsum \"ijk->i\" of [2, 3]: operand 0 is \"ijk\", with 3 axes; [2, 3] has 2"),
        (() => _ = Tensor.Einsum("ii->i", F(2, 2)), "Einsum \"ii->i\" of [2, 2]: operand 0 has the axis i twice: diagonals are not taken"),
        (() => _ = Tensor.Einsum("ij->ii", F(2, 2)), "Einsum \"ij->ii\" of [2, 2]: an axis stands twice in the result"),
        (() => _ = Tensor.Einsum("...j->j", F(2, 2)),
            "Einsum \"...j->j\" of [2, 2]: takes one letter for each axis, commas between operands and one -> in front of the result, such as "
            + "\"bik,bkj->bij\""),
        (() => _ = Tensor.Einsum("i,i", F(2), D(2)),
            "Einsum \"i,i\" of [2] and [2]: takes operands of one type; got Float32 and Float64. Convert one with To(...)"),
        (() => F(2, 3).CopyFromInPlace(D(2, 3)), "CopyFromInPlace: expected [2, 3] Float32; got [2, 3] Float64"),
        (() => _ = F(2, 3).ToDouble(), "ToDouble takes a tensor with one element; got [2, 3]"),
        (() => _ = F(2, 3).Values<double>(), "Tensor[2, 3] Float32 holds Float32 elements; Values<Double> asks for Float64. Convert with To(Float64)"),
        (() => _ = Tensor.From([1f, 2], [3]), "Tensor.From: the shape [3] has 3 elements; got 2 values"),
        (() => _ = Tensor.Normal([1], new Philox(0), type: DataType.Int32), "Tensor.Normal: expected Float32 or Float64; got Int32"),
        (() => I(2).RequiresGradient = true, "RequiresGradient: expected Float32 or Float64; got Int32"),
        (() => Trained(2, 3).Backward(),
            "Backward() starts from a scalar such as a loss; this tensor is [2, 3]. Reduce it with Sum() or Mean(), or pass the gradient at the output"),
        (() => Trained(0).Backward(),
            "Backward() starts from a scalar such as a loss; this tensor is [0]. Reduce it with Sum() or Mean(), or pass the gradient at the output"),
        (() => Trained(2).Backward(F(3)), "Backward: the gradient at the output must be [2] Float32; got [3] Float32"),
        (() => Trained(2).Backward(D(2)), "Backward: the gradient at the output must be [2] Float32; got [2] Float64"),
        (() => new KaimingInitializer().Fill(F(3), new Philox(0)), "KaimingInitializer: expected a weight with 2 axes or more; got [3]"),
        (() => _ = new Shape(1, 1, 1, 1, 1, 1, 1, 1, 1), "a shape has at most 8 axes; got 9"),
        (() => _ = new Shape(2, -1), "the length of axis 1 is -1; lengths are zero or more"),
        (() => _ = new Shape(100_000, 100_000), "a tensor holds at most 2147483647 elements; the shape [100000, 100000] has more"),
        (() => _ = new Shape(2, 3)[2], "Shape: axis 2 does not exist in [2, 3], which has 2 axes"),
    ];

    public static TheoryData<int> Rows => [.. Enumerable.Range(0, Table.Length)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_shape_error_names_the_operation_and_what_it_got(int row) =>
        Assert.Equal(Table[row].Message, Assert.Throws<TensorShapeException>(Table[row].Act).Message);

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void An_index_out_of_range_is_named_with_its_position(int bad)
    {
        var gather = Assert.Throws<ArgumentOutOfRangeException>(() => F(3, 2).Gather(Tensor.From(0, bad, 1)));
        Assert.StartsWith($"Gather: row indices lie in 0..2; position 1 holds {bad}", gather.Message, StringComparison.Ordinal);
        var loss = Assert.Throws<ArgumentOutOfRangeException>(() => Loss.CrossEntropy(F(2, 3), Tensor.From(2, bad)));
        Assert.StartsWith($"CrossEntropy: labels lie in 0..2; position 1 holds {bad}", loss.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Misuse_of_gradients_says_what_to_do_instead()
    {
        Assert.Equal(
            "Backward: nothing that this tensor was computed from requires a gradient. Set RequiresGradient on the parameters before the forward pass, outside "
            + "NoGradient",
            Assert.Throws<InvalidOperationException>(F().Backward).Message);
        var result = Trained(2);
        Assert.Equal(
            "RequiresGradient can be set on a leaf only; this tensor is the result of Affine. Use Detach() first",
            Assert.Throws<InvalidOperationException>(() => result.RequiresGradient = true).Message);
    }

    [Fact]
    public void Missing_arguments_are_refused()
    {
        _ = Assert.Throws<ArgumentNullException>(() => F(1) + null!);
        _ = Assert.Throws<ArgumentNullException>(() => F(1, 1).MatMul(null!));
        _ = Assert.Throws<ArgumentNullException>(() => F(1, 1).Linear(null!, null));
        _ = Assert.Throws<ArgumentNullException>(() => F(1).Gather(null!));
        _ = Assert.Throws<ArgumentNullException>(() => Tensor.Concat(0, F(1), null!));
        _ = Assert.Throws<ArgumentNullException>(() => Loss.CrossEntropy(null!, I(1)));
        _ = Assert.Throws<ArgumentNullException>(() => Loss.CrossEntropy(F(1, 1), null!));
        _ = Assert.Throws<ArgumentNullException>(() => Loss.MeanSquaredError(F(1), null!));
        _ = Assert.Throws<ArgumentNullException>(() => new ReLU().Forward(null!));
    }

    private static Tensor F(params int[] shape) => Tensor.Ones([.. shape]);

    private static Tensor D(params int[] shape) => Tensor.Ones([.. shape], DataType.Float64);

    private static Tensor I(params int[] shape) => Tensor.Zeros([.. shape], DataType.Int32);

    private static Tensor Named(Tensor tensor, string name)
    {
        tensor.Name = name;
        return tensor;
    }

    private static Tensor Trained(params int[] shape)
    {
        var x = F(shape);
        x.RequiresGradient = true;
        return x * 1;
    }
}
