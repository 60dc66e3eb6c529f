namespace Kappa.Data.Pictures;

/// <summary>How a picture of one shape is brought to another.</summary>
public enum PictureFit
{
    /// <summary>The whole picture, stretched or squeezed: proportions change.</summary>
    Stretch,

    /// <summary>The largest part around the centre that has the shape: proportions stay, edges are lost.</summary>
    CropToCentre,

    /// <summary>The whole picture in its proportions, with a border of <see cref="PictureFolderOptions.Border"/> around it.</summary>
    Border,
}
