namespace Kappa.Lab.Studies.Train;

/// <summary>What a JSON file says of a model, and of data where it says anything.</summary>
/// <param name="Model">The model.</param>
/// <param name="InputShape">The shape of one picture, <c>[channels, height, width]</c>; null where it is not said.</param>
/// <param name="Data">The data set, its paths relative to the file; null where there is none.</param>
/// <param name="Text">The file.</param>
internal sealed record ModelDescription(Choice<NetworkKind> Model, IReadOnlyList<int>? InputShape, Choice<DataKind>? Data, string Text)
{
    private const string DataField = "data";
    private const string ModelField = "model";

    /// <exception cref="ConfigException">The file is missing, not JSON, or says something it may not.</exception>
    internal static ModelDescription ReadFile(string path, Choices choices) => ConfigText.ReadFile(
        path, "kappa schema train", root => Read(root, Path.GetDirectoryName(Path.GetFullPath(path))!, choices));

    /// <summary>The data set.</summary>
    /// <exception cref="ConfigException">There is none, or the model does not take it.</exception>
    internal Choice<DataKind> RequireData(string path, Choices choices)
    {
        var data = RequireDataAlone(path);
        return Model.Kind.Takes(data.Kind.Content) ? data : throw new ConfigException($"{path}: {TrainingConfig.Misfit(Model, data, choices)}");
    }

    /// <summary>The data set, whichever model stands beside it.</summary>
    /// <exception cref="ConfigException">There is none.</exception>
    internal Choice<DataKind> RequireDataAlone(string path) => Data ?? throw new ConfigException(
        $"{path}: {DataField}: it is missing; expected {{ \"{ModelField}\": ..., \"{DataField}\": ... }} as in a config of kappa train, "
        + $"with a data set such as {{ \"name\": \"csv\", \"path\": \"flowers.csv\", \"target\": \"kind\" }}");

    private static ModelDescription Read(JsonElement root, string folder, Choices choices)
    {
        var whole = new SettingFields(root, "", "an object such as { \"name\": \"mlp\", \"hidden\": [256, 256] }");
        bool isConfig = whole.Find(ModelField) is not null;
        var fields = isConfig ? new SettingFields(whole.Find(ModelField)!.Value, ModelField) : whole;
        var kind = fields.Find(ChoiceForm.NameField) is null
            ? choices.Of<NetworkKind>().OfType<PerceptronKind>().Single()
            : (NetworkKind)new ChoiceForm(typeof(Choice<NetworkKind>), allowName: false).KindIn(fields, choices, out _);
        fields.RequireKnown(
            [ChoiceForm.NameField, .. SettingsOf<PictureShapeSettings>.Type.Names(fields, choices), .. kind.SettingsType.Names(fields, choices)]);
        var model = new Choice<NetworkKind>(kind, kind.SettingsType.ReadFrom(fields, null, choices), kind.Name);
        var described = (PictureShapeSettings)SettingsOf<PictureShapeSettings>.Type.ReadFrom(fields, null, choices);
        var data = isConfig && whole.Find(DataField) is { } element
            ? (Choice<DataKind>)new ChoiceForm(typeof(Choice<DataKind>), allowName: false).Read(element, DataField, null, choices)
            : null;
        data = data is null ? null : data with { Settings = data.Kind.Resolved(data.Settings, folder) };
        return new ModelDescription(model, described.InputShape ?? data?.Kind.PictureShape(data.Settings), data, root.GetRawText());
    }

    /// <summary>What a description without data says of its input.</summary>
    private sealed record PictureShapeSettings
    {
        [Setting("channels, height and width of a picture", AtLeast = 1)]
        public IReadOnlyList<int>? InputShape { get; init; }
    }
}
