namespace Kappa.Lab.Tasks.Supervised;

/// <summary>Folders of pictures of one's own.</summary>
internal sealed class FolderDataKind : DataKind
{
    public override string Name => "images";

    public override string Summary => "A folder of your own pictures: a subfolder of PNG and JPEG files for each class.";

    public override DataContent Content => DataContent.Pictures;

    public override SettingsType SettingsType => SettingsOf<FolderSettings>.Type;

    internal override string? PathOf(object settings) => ((FolderSettings)settings).Path;

    internal override IReadOnlyList<int> PictureShape(object settings)
    {
        var given = (FolderSettings)settings;
        return [given.Grey ? 1 : 3, given.Height, given.Width];
    }

    internal override object Resolved(object settings, string folder)
    {
        var given = (FolderSettings)settings;
        return given with
        {
            Path = Path.GetFullPath(given.Path, folder),
            ValidationPath = given.ValidationPath.Length == 0 ? "" : Path.GetFullPath(given.ValidationPath, folder),
        };
    }

    internal override TrainingData Load(object settings, DataRequest request)
    {
        var given = (FolderSettings)settings;
        try
        {
            var all = PictureFolder.Open(
                given.Path,
                new PictureFolderOptions
                {
                    Height = given.Height, Width = given.Width, Fit = given.Fit, IsGrey = given.Grey, SkipCorrupt = given.SkipCorrupt,
                },
                request.Cancellation);
            var (training, validation) = given.ValidationPath.Length > 0
                ? (all, all.OpenAlike(given.ValidationPath, request.Cancellation))
                : all.SplitByClass(given.ValidationShare, new Philox((ulong)given.SplitSeed).Split("split"));
            return request.FlatPictures
                ? new PictureData(new FlatDataSet(training), new FlatDataSet(validation), all.ClassNames)
                : new PictureData(training, validation, all.ClassNames);
        }
        catch (Exception error) when (error is ArgumentException or DirectoryNotFoundException)
        {
            throw new ConfigException($"{request.DataPath}: {error.Message.Split(" (Parameter", 2)[0]}");
        }
    }

    /// <summary>Pictures as vectors.</summary>
    private sealed class FlatDataSet(DataSet whole) : DataSet(whole.Count, [whole.InputShape.Count], whole.InputType, whole.TargetShape, whole.TargetType)
    {
        protected override void CopyCore(ReadOnlySpan<int> rows, Tensor inputs, Tensor targets) =>
            whole.Copy(rows, inputs.Reshape([rows.Length, .. whole.InputShape.ToArray()]), targets);
    }
}
