namespace Kappa.Lab.Studies.Train;

/// <summary>A model from a file of weights and the JSON that describes it.</summary>
/// <param name="Model">The model, with the weights of the file.</param>
/// <param name="InputShape">The shape of one input, without the batch.</param>
public sealed record SavedModel(Module Model, Shape InputShape)
{
    private const int PictureSide = 28;

    /// <summary>Loads a model. Widths that data usually gives, such as inputs and classes, are read off the weights.</summary>
    /// <param name="weightsPath">A safetensors file, such as that of a checkpoint.</param>
    /// <param name="descriptionPath">
    /// A JSON file: the config of a run, or its <c>model</c> alone, such as <c>{ "name": "mlp", "hidden": [256, 256] }</c>; without a name it is a perceptron,
    /// as in a config of <c>kappa compare</c>. Beside the settings it may hold <c>"inputShape"</c>, such as <c>[3, 32, 32]</c>.
    /// </param>
    /// <param name="choices">The models there are.</param>
    /// <param name="inputShape">The shape of one picture, <c>[channels, height, width]</c>. Null: as the file says, or as the pictures of its <c>data</c> are.
    /// Perceptrons need none.</param>
    /// <exception cref="ConfigException">The description is missing, not JSON, or says something it may not; or the shape of a picture is needed and not given,
    /// or does not fit.</exception>
    /// <exception cref="StateMismatchException">The weights are those of another model; the message lists every name and shape.</exception>
    /// <exception cref="IOException">The weights cannot be read.</exception>
    public static SavedModel Load(string weightsPath, string descriptionPath, Choices choices, IReadOnlyList<int>? inputShape = null)
    {
        var weights = StateDict.Load(weightsPath);
        return ConfigText.ReadFile(descriptionPath, "kappa schema train", root => Read(root, weights, inputShape, choices));
    }

    private static SavedModel Read(JsonElement root, StateDict weights, IReadOnlyList<int>? inputShape, Choices choices)
    {
        var whole = new SettingFields(root, "", "an object such as { \"name\": \"mlp\", \"hidden\": [256, 256] }");
        bool isRun = whole.Find("model") is not null;
        var fields = isRun ? new SettingFields(whole.Find("model")!.Value, "model") : whole;
        var kind = fields.Find(ChoiceForm.NameField) is null
            ? choices.Of<NetworkKind>().OfType<PerceptronKind>().Single()
            : (NetworkKind)new ChoiceForm(typeof(Choice<NetworkKind>), allowName: false).KindIn(fields, choices, out _);
        if (kind.IsForText)
        {
            throw new ConfigException(
                $"{fields.PathOf("name")}: the units of a {kind.Name} pass through attention and squared ReLU, which are not positively homogeneous; "
                + $"expected {string.Join(", ", choices.Of<NetworkKind>().Where(other => !other.IsForText).Select(other => other.Name))}");
        }
        fields.RequireKnown(["name", .. SettingsOf<PictureShapeSettings>.Type.Names(fields, choices), .. kind.SettingsType.Names(fields, choices)]);
        object settings = kind.SettingsType.ReadFrom(fields, null, choices);
        var described = (PictureShapeSettings)SettingsOf<PictureShapeSettings>.Type.ReadFrom(fields, null, choices);
        var (inputs, outputs) = Ends(weights);
        var pictures = inputShape ?? described.InputShape ?? (IsKnownData(whole, choices) ? [1, PictureSide, PictureSide] : null);
        var shape = kind.TakesVectors ? new Shape(inputs) : PictureShape(inputs, pictures);
        var model = kind.Create(settings, shape, outputs, new Philox(0));
        model.LoadStateDict(weights);
        return new SavedModel(model, shape);
    }

    /// <summary>The inputs of the first weight and the outputs of the last one; 1 where there is none, so that loading lists what is wrong.</summary>
    private static (int Inputs, int Outputs) Ends(StateDict weights)
    {
        var matrices = weights.Where(
            entry => entry.Key.EndsWith("weight", StringComparison.Ordinal) && entry.Value.Rank >= 2).Select(entry => entry.Value).ToArray();
        // The order of a file may be any; a checkpoint of torchvision's ResNet ends with fc.
        var first = weights.TryGet("conv1.weight", out var stem) || weights.TryGet("0.weight", out stem) ? stem : matrices.FirstOrDefault();
        var last = weights.TryGet("fc.weight", out var head) ? head : LastByNumber(weights) ?? matrices.LastOrDefault();
        return (first is { Rank: >= 2 } ? first.Shape[1] : 1, last is { Rank: >= 2 } ? last.Shape[0] : 1);
    }

    private static Tensor? LastByNumber(StateDict weights) => weights
        .Where(entry => entry.Value.Rank >= 2 && int.TryParse(entry.Key.Split('.')[0], out _))
        .OrderBy(entry => int.Parse(entry.Key.Split('.')[0], CultureInfo.InvariantCulture))
        .Select(entry => entry.Value)
        .LastOrDefault();

    private static Shape PictureShape(int channels, IReadOnlyList<int>? given)
    {
        var shape = given ?? throw new ConfigException(
            $"the size of a picture is in neither file: give --input-shape {channels},<height>,<width>, "
            + $"or \"inputShape\": [{channels}, <height>, <width>] beside the model's settings");
        if (shape.Count != 3 || shape[0] != channels || shape.Any(length => length < 1))
            throw new ConfigException(
                $"the shape of a picture: expected {channels} channels, as the first weight takes, then a height and a width; "
                + $"got [{string.Join(", ", shape)}]");
        return [.. shape];
    }

    private static bool IsKnownData(SettingFields whole, Choices choices) =>
        whole.Find("data") is { ValueKind: JsonValueKind.Object } data && data.TryGetProperty("name", out var name)
        && name.ValueKind == JsonValueKind.String && choices.Of<DataKind>().OfType<PictureDataKind>().Any(kind => name.ValueEquals(kind.Name));

    /// <summary>What a description without data says of its input.</summary>
    private sealed record PictureShapeSettings
    {
        [Setting("channels, height and width of a picture", AtLeast = 1)]
        public IReadOnlyList<int>? InputShape { get; init; }
    }
}
