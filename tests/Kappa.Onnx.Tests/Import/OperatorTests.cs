using static Kappa.Onnx.Tests.Graphs;

namespace Kappa.Onnx.Tests.Import;

/// <summary>Every operator on random inputs beside ONNX Runtime, three lengths of the batch, and its gradients beside differences.</summary>
public sealed class OperatorTests
{
    private static readonly Dictionary<string, Func<Graphs>> Cases = new()
    {
        ["Conv with uneven pads"] = () => Image(3, 7, 8).Random("w", 4, 3, 3, 3).Random("b", 4).Node("Conv", "x,w,b", "y", Ints("pads", 1, 0, 0, 2)),
        ["Conv, SAME_UPPER, stride 2"] = () => Image(2, 7, 8).Random("w", 4, 2, 3, 3)
            .Node("Conv", "x,w", "y", Words("auto_pad", "SAME_UPPER"), Ints("strides", 2, 2)),
        ["Conv, SAME_LOWER"] = () => Image(2, 6, 6).Random("w", 4, 2, 2, 2).Node("Conv", "x,w", "y", Words("auto_pad", "SAME_LOWER")),
        ["Conv over one axis"] = () => Rows(3, 9).Random("w", 4, 3, 3).Random("b", 4).Node("Conv", "x,w,b", "y", Ints("pads", 1, 2), Ints("strides", 2)),
        ["Conv in groups, then Sigmoid"] = () => Image(2, 5, 5).Random("w", 4, 1, 2, 2).Node("Conv", "x,w", "h", Int("group", 2)).Node("Sigmoid", "h", "y"),
        ["MaxPool, uneven pads, ceil_mode"] = () => Image(2, 7, 7)
            .Node("MaxPool", "x", "y", Ints("kernel_shape", 3, 3), Ints("strides", 2, 2), Ints("pads", 0, 0, 1, 1), Int("ceil_mode", 1)),
        ["AveragePool without what is padded"] = () => Image(2, 7, 7)
            .Node("AveragePool", "x", "y", Ints("kernel_shape", 3, 3), Ints("strides", 2, 2), Ints("pads", 1, 1, 1, 1)),
        ["AveragePool with it"] = () => Image(2, 7, 7).Node(
            "AveragePool", "x", "y", Ints("kernel_shape", 3, 3), Ints("pads", 1, 1, 0, 0), Int("count_include_pad", 1)),
        ["AveragePool of the image"] = () => Image(2, 3, 5).Node("AveragePool", "x", "y", Ints("kernel_shape", 3, 5)),
        ["GlobalAveragePool"] = () => Image(3, 4, 5).Node("GlobalAveragePool", "x", "y"),
        ["GlobalMaxPool"] = () => Image(3, 4, 5).Node("GlobalMaxPool", "x", "y"),
        ["Gemm, factors"] = () => Features(5).Random("w", 5, 4).Random("b", 1, 4).Node("Gemm", "x,w,b", "y", Number("alpha", 0.5f), Number("beta", 2)),
        ["Gemm, transposed, then Tanh"] = () => Features(5).Random("w", 4, 5).Random("b", 4).Node("Gemm", "x,w,b", "h", Int("transB", 1)).Node("Tanh", "h",
            "y"),
        ["MatMul of a sequence"] = () => Rows(3, 4).Random("w", 4, 6).Node("MatMul", "x,w", "y"),
        ["MatMul that broadcasts"] = () => Rows(3, 4).Random("w", 5, 1, 4, 2).Node("MatMul", "x,w", "y"),
        ["MatMul with a vector"] = () => Rows(3, 4).Random("w", 4).Node("MatMul", "x,w", "y"),
        ["BatchNormalization"] = () => Image(3, 2, 2).Random("w", 3).Random("b", 3).Random("m", 3).Weight("v", [0.5f, 1, 2], 3)
            .Node("BatchNormalization", "x,w,b,m,v", "y", Number("epsilon", 1e-3f)),
        ["LayerNormalization over two axes"] = () => Rows(3, 4).Random("w", 3, 4).Random("b", 3, 4).Node("LayerNormalization", "x,w,b", "y", Int("axis", 1)),
        ["LayerNormalization"] = () => Rows(3, 4).Random("w", 4).Node("LayerNormalization", "x,w", "y", Number("epsilon", 1e-2f)),
        ["Softmax over the middle"] = () => Rows(3, 4).Node("Softmax", "x", "y", Int("axis", 1)),
        ["Softmax before opset 13"] = () => Rows(3, 4, opset: 11).Node("Softmax", "x", "y"),
        ["LogSoftmax"] = () => Rows(3, 4).Node("LogSoftmax", "x", "y"),
        ["Add, Sub, Mul, Div by numbers"] = () => Features(4).Node("Constant", "", "c", Scalar(3)).Node("Add", "c,x", "h1").Node("Sub", "c,h1", "h2")
            .Node("Mul", "h2,c", "h3").Node("Div", "h3,c", "h4").Node("Constant", "", "d", Scalar(9)).Node("Add", "h4,d", "h5").Node("Div", "c,h5", "y"),
        ["Add and Mul that broadcast"] = () => Rows(3, 4).Random("w", 3, 1).Random("b", 4).Node("Mul", "w,x", "h").Node("Sub", "b,h", "y"),
        ["Pow"] = () => Positive(4).Node("Constant", "", "c", Scalar(1.7f)).Node("Pow", "p,c", "y"),
        ["Pow, whole"] = () => Features(4).Node("Constant", "", "c", Scalar(3)).Node("Pow", "x,c", "y"),
        ["Pow by a tensor"] = () => Positive(4).Random("w", 4).Node("Pow", "p,w", "y"),
        ["Min, Max, Sum, Mean"] = () => Features(4).Random("w", 4).Random("v", 4).Node("Max", "x,w,v", "h1").Node("Min", "h1,v", "h2").Node("Sum", "h2,x,w",
            "h3")
            .Node("Mean", "h3,x", "y"),
        ["Erf"] = () => Features(7).Node("Erf", "x", "y"),
        ["Sin and Cos"] = () => Features(5).Node("Sin", "x", "h1").Node("Cos", "x", "h2").Node("Mul", "h1,h2", "h3").Node("Cos", "h3", "y"),
        ["Cast to doubles and back"] = () => Features(4).Node("Cast", "x", "d", Int("to", 11)).Node("Sin", "d", "s").Node("Mul", "s,d", "p")
            .Node("Cast", "p", "f", Int("to", 1)).Node("Add", "f,x", "y"),
        ["Gelu"] = () => Features(7, opset: 20).Node("Gelu", "x", "y"),
        ["Gelu by tanh"] = () => Features(7, opset: 20).Node("Gelu", "x", "y", Words("approximate", "tanh")),
        ["Exp, Log, Sqrt, Abs, Reciprocal, Neg"] = () => Features(5).Node("Exp", "x", "h1").Node("Log", "h1", "h2").Node("Abs", "h2", "h3").Node("Sqrt", "h3",
            "h4")
            .Node("Constant", "", "c", Scalar(1)).Node("Add", "h4,c", "h5").Node("Reciprocal", "h5", "h6").Node("Neg", "h6", "y"),
        ["LeakyRelu"] = () => Features(6).Node("LeakyRelu", "x", "y", Number("alpha", 0.2f)),
        ["PRelu"] = () => Image(2, 3, 3).Random("w", 2, 1, 1).Node("PRelu", "x,w", "y"),
        ["Elu"] = () => Features(6).Node("Elu", "x", "y", Number("alpha", 0.7f)),
        ["Selu"] = () => Features(6).Node("Selu", "x", "y"),
        ["HardSigmoid"] = () => Features(6).Node("HardSigmoid", "x", "y"),
        ["HardSwish"] = () => Features(6).Node("HardSwish", "x", "y"),
        ["Softplus"] = () => Features(6).Node("Softplus", "x", "y"),
        ["Softsign"] = () => Features(6).Node("Softsign", "x", "y"),
        ["Mish"] = () => Features(6, opset: 18).Node("Mish", "x", "y"),
        ["Clip"] = () => Features(6).Node("Constant", "", "a", Scalar(-0.5f)).Node("Constant", "", "b", Scalar(0.7f)).Node("Clip", "x,a,b", "y"),
        ["Clip before opset 11"] = () => Features(6, opset: 10).Node("Clip", "x", "y", Number("min", 0), Number("max", 6)),
        ["Reshape, 0 and -1"] = () => Image(2, 3, 4).Integers("s", 0, -1, 4).Node("Reshape", "x,s", "y"),
        ["Flatten"] = () => Image(2, 3, 4).Node("Flatten", "x", "y", Int("axis", 2)),
        ["Transpose"] = () => Image(2, 3, 4).Node("Transpose", "x", "y", Ints("perm", 0, 2, 1, 3)),
        ["Squeeze and Unsqueeze"] = () => Image(1, 3, 4).Integers("a", 1).Integers("b", 0, 3).Node("Squeeze", "x,a", "h").Node("Unsqueeze", "h,b", "y"),
        ["Squeeze before opset 13"] = () => Image(1, 3, 4, opset: 11).Node("Squeeze", "x", "h", Ints("axes", 1)).Node("Unsqueeze", "h", "y", Ints("axes", 2)),
        ["Concat"] = () => Rows(3, 4).Node("Relu", "x", "h").Node("Concat", "x,h,x", "y", Int("axis", 1)),
        ["Slice"] = () => Rows(5, 4).Integers("s", 1, -3).Integers("e", 9, -1).Integers("a", 1, 2).Node("Slice", "x,s,e,a", "y"),
        ["Slice backwards by two"] = () => Rows(5, 4).Integers("s", -1).Integers("e", -9223372036854775808).Integers("a", 1).Integers("t", -2)
            .Node("Slice", "x,s,e,a,t", "y"),
        ["Slice before opset 10"] = () => Rows(5, 4, opset: 9).Node("Slice", "x", "y", Ints("starts", 1), Ints("ends", 4), Ints("axes", 1)),
        ["Gather"] = () => Rows(5, 4).Integers("i", 2, -1, 0).Node("Gather", "x,i", "y", Int("axis", 1)),
        ["Split"] = () => Rows(5, 4).Integers("s", 2, 3).Node("Split", "x,s", "a,b", Int("axis", 1)).Node("Concat", "b,a", "y", Int("axis", 1)),
        ["Split evenly before opset 13"] = () => Rows(4, 4, opset: 11).Node("Split", "x", "a,b", Int("axis", 1)).Node("Sub", "a,b", "y"),
        ["TopK"] = () => Features(6).Integers("k", 3).Node("TopK", "x,k", "y,i"),
        ["Pad"] = () => Rows(3, 4).Integers("p", 0, 1, -1, 0, 2, 1).Node("Constant", "", "c", Scalar(0.5f)).Node("Pad", "x,p,c", "y"),
        ["Pad before opset 11"] = () => Rows(3, 4, opset: 10).Node("Pad", "x", "y", Ints("pads", 0, 1, 0, 0, 2, 1)),
        ["ReduceMean, axes kept"] = () => Image(2, 3, 4).Node("ReduceMean", "x", "y", Ints("axes", 2, -1)),
        ["ReduceMean, axes an input"] = () => Image(2, 3, 4, opset: 18).Integers("a", 2, 3).Node("ReduceMean", "x,a", "y", Int("keepdims", 0)),
        ["ReduceSum, Max, Min"] = () => Rows(3, 4).Integers("a", 2).Node("ReduceSum", "x,a", "h1").Node("ReduceMax", "x", "h2", Ints("axes", 2))
            .Node("ReduceMin", "x", "h3", Ints("axes", 2)).Node("Concat", "h1,h2,h3", "y", Int("axis", 2)),
        ["ReduceL1, L2, SumSquare"] = () => Rows(3, 4).Node("ReduceL1", "x", "h1", Ints("axes", 2)).Node("ReduceL2", "x", "h2", Ints("axes", 2))
            .Node("ReduceSumSquare", "x", "h3", Ints("axes", 2)).Node("Concat", "h1,h2,h3", "y", Int("axis", 2)),
        ["CumSum"] = () => Features(5).Node("Constant", "", "a", Whole(1)).Node("CumSum", "x,a", "y"),
        ["Dropout and Identity"] = () => Features(5).Node("Dropout", "x", "h").Node("Identity", "h", "h2").Node("Relu", "h2", "y"),
        ["Expand to a shape that is computed"] = () => Features(1).Random("w", 1, 5).Node("Shape", "x", "s").Integers("i", 0).Node("Gather", "s,i", "n")
            .Integers("five", 5).Node("Concat", "n,five", "t", Int("axis", 0)).Node("Expand", "w,t", "h").Node("Mul", "x,h", "y"),
        ["Tile"] = () => Rows(1, 4).Integers("r", 1, 3, 2).Node("Tile", "x,r", "y"),
        ["Where by a comparison"] = () => Features(5).Random("w", 5).Node("Constant", "", "c", Scalar(0)).Node("Greater", "x,c", "q").Node("Where", "q,x,w",
            "y"),
        ["a mask made of shapes"] = () => Rows(4, 4).Node("Shape", "x", "s").Node("Constant", "", "two", Whole(2)).Node("Gather", "s,two", "n")
            .Node("Constant", "", "zero", Whole(0)).Node("Constant", "", "one", Whole(1)).Node("Range", "zero,n,one", "r").Integers("last", 1)
                .Integers("first", 0)
            .Node("Unsqueeze", "r,last", "column").Node("Unsqueeze", "r,first", "row").Node("LessOrEqual", "row,column", "seen")
            .Node("Shape", "seen", "shape").Node("ConstantOfShape", "shape", "minus", One(-10)).Node("Where", "seen,x,minus", "h").Node("Softmax", "h", "y"),
        ["logic and casts"] = () => Features(4).Node("Constant", "", "c", Scalar(0.3f)).Node("Less", "x,c", "a").Node("Neg", "x", "n").Node("Less", "n,c", "b")
            .Node("And", "a,b", "both").Node("Or", "a,b", "any").Node("Xor", "both,any", "one").Node("Not", "one", "none").Node("Cast", "none", "f", Int("to",
                1))
            .Node("Add", "x,f", "y"),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_gives_what_ONNX_Runtime_gives(string name)
    {
        using var folder = new TemporaryFolder();
        string path = Cases[name]().Output("y").WriteTo(folder);
        var model = OnnxModel.Import(path);
        foreach (int batch in (int[])[1, 2, 5])
        {
            using var input = Tests.Cases.Input(model.InputOf().Shape.ToArray(), isOfIndices: false, batch);
            double difference = Runtime.Difference(Runtime.Run(path, ("x", input)), model.Forward(input));
            Assert.True(difference < 1e-5, $"{name}, {batch} examples: {difference:G3}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_comes_back_from_an_export(string name)
    {
        using var folder = new TemporaryFolder();
        var model = OnnxModel.Import(Cases[name]().Output("y").WriteTo(folder));
        string path = folder["again.onnx"];
        if (name is "TopK" or "Tile" or "Where by a comparison" or "logic and casts")
        {
            // What they choose depends on the input, or the length of an axis on the batch.
            return;
        }

        OnnxModel.Export(model, path);
        using var input = Tests.Cases.Input(model.InputOf().Shape.ToArray(), isOfIndices: false, 3);
        double difference = Runtime.Difference(Runtime.Run(path, input), model.Forward(input));
        Assert.True(difference < 1e-5, $"{name}: {difference:G3}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_Hessian_products_are_differences_of_gradients(string name)
    {
        using var folder = new TemporaryFolder();
        var model = OnnxModel.Import(Cases[name]().Output("y").WriteTo(folder));
        using var input = Tests.Cases.Input(model.InputOf().Shape.ToArray(), isOfIndices: false, 2).To(DataType.Float64);
        DerivativeCheck.Require(name, model, input);
    }

    private static Graphs Features(int width, long opset = 17) => new Graphs(opset).Input("x", ElementType.Float, "n", width);

    private static Graphs Rows(int rows, int width, long opset = 17) => new Graphs(opset).Input("x", ElementType.Float, "n", rows, width);

    private static Graphs Image(int channels, int height, int width, long opset = 17) =>
        new Graphs(opset).Input("x", ElementType.Float, "n", channels, height, width);

    /// <summary>Numbers above one half, called p.</summary>
    private static Graphs Positive(int width) => Features(width).Node("Abs", "x", "a").Node("Constant", "", "half", Scalar(0.5f)).Node("Add", "a,half", "p");

    private static AttributeProto One(float value)
    {
        var result = Scalar(value);
        result.T.Dims.Add(1);
        return result;
    }

    private static AttributeProto Whole(long value) => new() { Name = "value", T = TensorWriter.Write("", [value]), Type = 4 };
}
