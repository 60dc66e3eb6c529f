namespace Kappa.Fuzz.Targets;

/// <summary>ONNX models.</summary>
internal static class OnnxTargets
{
    internal static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("onnx", Read)
        {
            Readers = ["OnnxModel.Import"], Refusals = [typeof(OnnxException)], Form = Form.Wire, FileName = "input.onnx",
            Seeds = () =>
            [
                ("perceptron", Exported(CheckpointTargets.NewModel(), [2])),
                ("convolution", Exported(
                    new Sequential(new Conv2d(1, 2, 3), new BatchNorm2d(2), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(8, 2)), [1, 6, 6])),
                ("norm", Exported(new Sequential(new LayerNorm(4), new GELU(), new Linear(4, 2)), [4])),
            ],
        },
    ];

    private static string Read(FuzzInput input)
    {
        var model = OnnxModel.Import(input.File);
        return $"{model.Parameters().Count()} {model.Inputs.Count}";
    }

    private static byte[] Exported(Module model, IReadOnlyList<int> shape)
    {
        using var folder = new TemporaryFolder();
        _ = model.Initialize(new Philox(0));
        model.Eval();
        OnnxModel.Export(model, folder["model.onnx"], shape);
        return File.ReadAllBytes(folder["model.onnx"]);
    }
}
